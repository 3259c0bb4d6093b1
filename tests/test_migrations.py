"""The revisions lead up, down and up again, and end at what the models say."""

import asyncio
import sys
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, NullPool, create_engine, inspect, text

from support.databases import created
from thakur.db import Base, Database, configure, head_and_current, migrate
from thakur.stores import StoreUrls


@pytest.fixture
def empty_url(stores: StoreUrls) -> Iterator[str]:
    with created(stores.database_url, "empty") as url:
        yield url


def _connected(url: str) -> Connection:
    return create_engine(url, poolclass=NullPool).connect()


def _tables(url: str) -> set[str]:
    with _connected(url) as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_the_revisions_lead_up_down_and_up_again(empty_url: str) -> None:
    await migrate(empty_url)
    first = _tables(empty_url)
    head, current = await head_and_current(empty_url)
    assert head == current
    assert {"projects", "builds", "deployments", "build_lines"} <= first

    with _connected(empty_url) as connection:
        command.downgrade(configure(connection), "base")
        connection.commit()
    assert _tables(empty_url) == set()

    await migrate(empty_url)
    assert _tables(empty_url) == first


async def test_the_revisions_end_at_what_the_models_say(empty_url: str) -> None:
    await migrate(empty_url)

    with _connected(empty_url) as connection:
        config = configure(connection)
        # Alembic's own default is whatever this was when it was first imported: by now perhaps another test's.
        config.stdout = sys.stdout
        command.check(config)


async def test_the_models_that_are_compared_are_all_of_them(empty_url: str) -> None:
    await migrate(empty_url)

    assert {table.name for table in Base.metadata.sorted_tables} <= _tables(empty_url)


async def test_processes_that_migrate_at_once_take_turns(empty_url: str) -> None:
    await asyncio.gather(*(migrate(empty_url) for _ in range(4)))

    head, current = await head_and_current(empty_url)
    assert head == current


async def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    await migrate(empty_url)
    database = Database(empty_url)
    async with database.session() as session:
        await session.execute(text("CREATE TABLE kept (word text)"))
    await database.close()

    await migrate(empty_url)

    assert "kept" in _tables(empty_url)
