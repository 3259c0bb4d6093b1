"""Boot tells a database that is behind from one that is ahead, and refuses servers that are too old."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from support.databases import created
from support.waiting import eventually
from thakur.db import (
    Database,
    DatabaseTooNew,
    DatabaseTooOld,
    DatabaseUnavailable,
    head_and_current,
    migrate,
    migrations,
    migrations_dir,
    wait_for_head,
)
from thakur.stores import StoreUrls


@pytest.fixture
def empty_url(stores: StoreUrls) -> Iterator[str]:
    with created(stores.database_url, "empty") as url:
        yield url


async def test_an_empty_database_has_no_revision(empty_url: str) -> None:
    head, current = await head_and_current(empty_url)

    assert head
    assert current is None


async def test_who_waits_for_the_head_goes_on_when_another_has_migrated(empty_url: str) -> None:
    waiting = asyncio.ensure_future(wait_for_head(empty_url, within_seconds=9))
    await asyncio.wait([waiting], timeout=0.05)
    assert not waiting.done()

    await migrate(empty_url)

    await waiting


async def test_who_waits_for_the_head_in_vain_is_told_what_to_do(empty_url: str) -> None:
    with pytest.raises(DatabaseUnavailable) as failure:
        await wait_for_head(empty_url, within_seconds=0.05)

    assert "thakur migrate" in failure.value.hint


@pytest.mark.parametrize("ask", [migrate, head_and_current])
async def test_a_database_that_a_newer_release_migrated_is_left_alone(empty_url: str, ask) -> None:
    await migrate(empty_url)
    database = Database(empty_url)
    async with database.session() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    await database.close()

    with pytest.raises(DatabaseTooNew, match="from_the_future"):
        await ask(empty_url)


async def test_a_server_that_is_too_old_is_refused(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "OLDEST_SERVER", 99)

    with pytest.raises(DatabaseTooOld, match="needs 99"):
        await migrate(empty_url)


async def test_a_migrator_waits_while_another_one_works(empty_url: str) -> None:
    database = Database(empty_url)
    async with database.connection() as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", [migrations.LOCK_KEY])
        migrating = asyncio.ensure_future(migrate(empty_url))
        await eventually(lambda: _waits(empty_url))
        assert not migrating.done()
        await connection.execute("SELECT pg_advisory_unlock(%s)", [migrations.LOCK_KEY])
        await migrating
    await database.close()


async def _waits(url: str) -> bool:
    database = Database(url)
    async with database.session() as session:
        waiting = await session.scalar(
            text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        )
    await database.close()
    return bool(waiting)


async def test_an_absent_server_is_unavailable() -> None:
    with pytest.raises(DatabaseUnavailable):
        await migrate("postgresql+psycopg://nobody@127.0.0.1:9/none")


def test_the_revisions_in_an_installed_package_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (migrations_dir() / "env.py").exists()
    package = tmp_path / "site-packages" / "thakur"
    shutil.copytree(migrations_dir(), package / "_migrations")
    find_spec = migrations.importlib.util.find_spec

    class Installed:
        submodule_search_locations = (str(package),)

    monkeypatch.setattr(
        migrations.importlib.util, "find_spec", lambda name: Installed if name == "thakur" else find_spec(name)
    )

    assert migrations_dir() == package / "_migrations"
