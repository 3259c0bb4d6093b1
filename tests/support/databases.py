"""Databases for tests: one whose work never happened, one that is emptied afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from thakur.db import Database


class SavepointDatabase(Database):
    """Every session and connection is a savepoint in one outer transaction, which the fixture rolls back.

    Tasks take turns, as a savepoint ends those that were begun after it: tests of things that run side by side want
    `committed_db`.
    """

    def __init__(self, url: str, connection: AsyncConnection) -> None:
        super().__init__(url)
        self._outer = connection
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with self._my_turn(), super().session() as session:
            yield session

    def _open_session(self) -> AsyncSession:
        return AsyncSession(self._outer, expire_on_commit=False, join_transaction_mode="create_savepoint")

    @asynccontextmanager
    async def _open_connection(self) -> AsyncIterator[AsyncConnection]:
        async with self._my_turn(), self._outer.begin_nested():
            yield self._outer

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        if self._holder is asyncio.current_task():
            yield
            return
        async with self._turn:
            self._holder = asyncio.current_task()
            try:
                yield
            finally:
                self._holder = None


async def empty(database: Database) -> None:
    """Delete every row of every table and start its ids at 1 again."""
    async with database.connection() as connection:
        # TRUNCATE makes a new file for each table and index: tenfold the time for a few rows.
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table in await _filled_tables(connection):
            await connection.execute(f"DELETE FROM {table}")
            await connection.execute(
                "SELECT setval(d.objid::regclass, 1, false) FROM pg_depend d"
                " WHERE d.refobjid = %s::regclass AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass"
                " AND EXISTS (SELECT FROM pg_sequence WHERE seqrelid = d.objid)",
                [table],
            )


async def _filled_tables(connection: psycopg.AsyncConnection[Any]) -> list[str]:
    found = await connection.execute(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version'"
    )
    tables = [name for (name,) in await found.fetchall()]
    if not tables:
        return []
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
    return [name for (name,) in await (await connection.execute(asked)).fetchall()]


@contextmanager
def created(url: str, name: str) -> Iterator[str]:
    """Make a database of its own on the server of `url`, without a single table."""
    server = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
