"""The revisions lead up, down and up again, and end at what the models say."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text

from thakur.db import Base, Database, configure, head_and_current, migrate
from thakur.stores import StoreUrls


@pytest.fixture
async def empty_url(stores: StoreUrls) -> AsyncIterator[str]:
    """A database of its own without a single table."""
    with _connected(stores.database_url, isolation_level="AUTOCOMMIT") as server:
        server.execute(text("CREATE DATABASE empty"))
        yield make_url(stores.database_url).set(database="empty").render_as_string(hide_password=False)
        server.execute(text("DROP DATABASE empty WITH (FORCE)"))


def _connected(url: str, **options: Any) -> Connection:
    return create_engine(url, poolclass=NullPool, **options).connect()


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
        command.check(configure(connection))


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
