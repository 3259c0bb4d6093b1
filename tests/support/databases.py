"""Databases for tests: one whose work never happened, one that is emptied afterwards."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from thakur.db import Database


class SavepointDatabase(Database):
    """Every session and connection is a savepoint in one outer transaction, which the fixture rolls back.

    One at a time: tests of things that run side by side want `committed_db`.
    """

    def __init__(self, url: str, connection: AsyncConnection) -> None:
        super().__init__(url)
        self._outer = connection

    def _open_session(self) -> AsyncSession:
        return AsyncSession(self._outer, expire_on_commit=False, join_transaction_mode="create_savepoint")

    @asynccontextmanager
    async def _open_connection(self) -> AsyncIterator[AsyncConnection]:
        async with self._outer.begin_nested():
            yield self._outer


async def empty(database: Database) -> None:
    """Delete every row of every table and start the ids at 1 again."""
    async with database.session() as session:
        tables = await session.scalars(
            text("SELECT quote_ident(relname) FROM pg_stat_user_tables WHERE relname <> 'alembic_version'")
        )
        if names := ", ".join(tables):
            await session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@contextmanager
def created(url: str, name: str) -> Iterator[str]:
    """Make a database of its own on the server of `url`, without a single table."""
    server = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
