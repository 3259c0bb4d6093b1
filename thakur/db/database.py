"""Sessions on PostgreSQL, one transaction each."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import msgspec
import psycopg
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from thakur.db.interface import DatabaseUnavailable, ValueRefused

POOL_SIZE = 10
POOL_OVERFLOW = 5
POOL_WAIT_SECONDS = 5
CONNECT_SECONDS = 5
RECYCLE_SECONDS = 1800
SERVER_SETTINGS = (
    "-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c timezone=UTC -c application_name=thakur"
)
# Connection lost, too many connections, server shutting down: by class of SQLSTATE.
AWAY_STATES = ("08", "53", "57P")

Callback = Callable[[], Awaitable[None] | None]
_CALLBACKS = "after_commit"


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_recycle=RECYCLE_SECONDS,
            pool_pre_ping=True,
            # Most columns that a list reads are JSON: the standard library would take a third of the time of reading them.
            json_deserializer=msgspec.json.decode,
            connect_args={"options": SERVER_SETTINGS, "connect_timeout": CONNECT_SECONDS},
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that commits at the end of the block, and rolls back when the block raises.

        Raises DatabaseUnavailable.
        """
        callbacks: list[Callback] = []
        with converted():
            async with self._open_session() as session, session.begin():
                session.info[_CALLBACKS] = callbacks
                yield session
        for callback in callbacks:
            if inspect.isawaitable(waiting := callback()):
                await waiting

    def after_commit(self, session: AsyncSession, callback: Callback) -> None:
        """Call `callback` once this session's transaction has committed; never when it rolls back.

        Callbacks run in order, outside the transaction. They must not raise: what they tell of has happened.
        """
        session.info[_CALLBACKS].append(callback)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Open a transaction on psycopg's own connection, for COPY and the hottest queries; ends as `session` does."""
        with converted():
            async with self._open_connection() as connection:
                yield await driver(connection)

    async def ping(self) -> None:
        """Ask the server for an answer. Raises DatabaseUnavailable."""
        async with self.session() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection. May be called twice."""
        await self._engine.dispose()

    def _open_session(self) -> AsyncSession:
        return AsyncSession(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def _open_connection(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.begin() as connection:
            yield connection


async def driver(connection: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """Return psycopg's connection below SQLAlchemy's."""
    raw = await connection.get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", raw.driver_connection)


@contextmanager
def converted() -> Iterator[None]:
    """Turn what psycopg and SQLAlchemy say of a server that is away into DatabaseUnavailable, of a value into ValueRefused."""
    try:
        yield
    except exc.TimeoutError as error:
        raise DatabaseUnavailable("Every connection to PostgreSQL is in use") from error
    except exc.DBAPIError as error:
        if _is_away(error.orig):
            raise _unavailable(error.orig) from error
        if _is_refusal(error.orig):
            raise _refusal(error.orig) from error
        raise
    except psycopg.Error as error:
        if _is_away(error):
            raise _unavailable(error) from error
        if _is_refusal(error):
            raise _refusal(error) from error
        raise


def _is_away(error: BaseException | None) -> bool:
    # Without a SQLSTATE the server never answered: no socket, refused, cut in the middle.
    return isinstance(error, psycopg.OperationalError) and (
        error.sqlstate is None or error.sqlstate.startswith(AWAY_STATES)
    )


def _is_refusal(error: BaseException | None) -> bool:
    # Without a SQLSTATE psycopg itself would not send it.
    return isinstance(error, psycopg.DataError) and (
        error.sqlstate is None or isinstance(error, psycopg.errors.NumericValueOutOfRange)
    )


def _refusal(error: BaseException | None) -> ValueRefused:
    is_number = isinstance(error, psycopg.errors.NumericValueOutOfRange)
    return ValueRefused("A number is larger than any that there is" if is_number else "A text holds a NUL character")


def _unavailable(error: BaseException | None) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"PostgreSQL does not answer: {str(error).strip()}", hint="thakur doctor shows which server is used."
    )
