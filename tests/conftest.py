"""The fixtures of every room: stores that run once, databases per test, deadlines, no outside world."""

import asyncio
import importlib.util
import itertools
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from support.databases import SavepointDatabase, empty
from support.deadlines import deadline
from support.loopback import guard
from thakur.db import Database, migrate
from thakur.sandbox import users
from thakur.settings import Address, Settings
from thakur.stores import Stores, StoreUrls

SETUP_SECONDS = 60
TEST_SECONDS = 20
WALK_SECONDS = 60
LONG_SECONDS = 600
OWN_BASE = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    # What runs in the background inherits an ignored SIGINT, and would hand it down to every program that a test interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.option.basetemp is None:
        # Not the directory that all runs of a user share: each tidies up what another has just tidied up.
        config.option.basetemp = config.stash[OWN_BASE] = Path(tempfile.mkdtemp(prefix="thakur-tests-"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    # After a failure somebody may want to look.
    if exitstatus == 0 and (base := session.config.stash.get(OWN_BASE, None)):
        shutil.rmtree(base, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with deadline(_setup_seconds(item), "setup"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with deadline(_seconds(item), "the test"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with deadline(_setup_seconds(item), "teardown"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    # Only what depends on the user may be skipped there: a tool that is missing may not.
    if report.skipped and os.environ.get("THAKUR_TESTS_SKIP") == "never" and "root" not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        guard(monkeypatch)
        yield


@pytest.fixture(scope="session")
def claimed_uids(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base = tmp_path_factory.mktemp("uids")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_uids(claimed_uids: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A host has a hundred blocks of uids, and they are for its servers: each test claims from blocks of its own."""
    monkeypatch.setattr(users, "CLAIMS", next(claimed_uids))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a server that nobody else meets: own data directory, free ports."""
    return Settings(
        data_dir=tmp_path / "data",
        address=Address("127.0.0.1", 0),
        http=Address("127.0.0.1", 0),
    )


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreUrls]:
    """The embedded servers, started as in production but without waiting for the disk."""
    shared = Stores(Settings(data_dir=tmp_path_factory.mktemp("stores")), is_durable=False)
    yield _finish(shared.start())
    _finish(shared.stop())


@pytest.fixture(scope="session")
def database_url(stores: StoreUrls) -> str:
    """A database at the head revision."""
    if importlib.util.find_spec("thakur.models"):
        _finish(migrate(stores.database_url))
    return stores.database_url


@pytest.fixture(scope="session")
def redis_url(stores: StoreUrls) -> str:
    return stores.redis_url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A Database whose commits are savepoints: nothing of the test is left, nobody else sees its rows."""
    engine = create_async_engine(database_url, poolclass=NullPool)
    async with engine.connect() as connection, connection.begin() as outer:
        database = SavepointDatabase(database_url, connection)
        yield database
        await outer.rollback()
        await database.close()


@pytest.fixture
async def committed_db(database_url: str) -> AsyncIterator[Database]:
    """A real Database, for what runs side by side or listens; its tables are emptied afterwards."""
    database = Database(database_url)
    yield database
    await empty(database)
    await database.close()


def _setup_seconds(item: pytest.Item) -> float:
    # The e2e tests set up whole servers, and environments to run them in.
    return LONG_SECONDS if item.get_closest_marker("e2e") else SETUP_SECONDS


def _seconds(item: pytest.Item) -> float:
    if item.get_closest_marker("e2e") or item.get_closest_marker("slow"):
        return LONG_SECONDS
    return WALK_SECONDS if item.get_closest_marker("walk") else TEST_SECONDS


def _finish(work: Coroutine[Any, Any, Any]) -> Any:
    # In a thread of its own, away from the loops that pytest-asyncio keeps for this one.
    answers: list[Any] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(asyncio.run(work))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="session fixture")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return answers[0]
