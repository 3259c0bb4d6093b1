"""The schema's revisions: one migrator at a time, everyone else waits for the head."""

import asyncio
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, NullPool, create_engine, text

from thakur.db.database import CONNECT_SECONDS, converted
from thakur.db.interface import DatabaseTooNew, DatabaseTooOld, DatabaseUnavailable

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

# alembic costs half a second of import, so the functions here import it when they run.
# ruff: noqa: PLC0415

OLDEST_SERVER = 15
LOCK_KEY = 0x7468616B7572  # "thakur"
LOCK_WAIT_SECONDS = 60
POLL_SECONDS = 0.2


async def migrate(url: str) -> None:
    """Bring the schema to the head. Several processes may call this at once: they take turns.

    Raises DatabaseUnavailable, DatabaseTooOld, DatabaseTooNew.
    """
    await asyncio.to_thread(_migrate, url)


async def head_and_current(url: str) -> tuple[str | None, str | None]:
    """Tell the newest revision that this code knows, and the database's own."""
    return await asyncio.to_thread(_head_and_current, url)


async def wait_for_head(url: str, within_seconds: float) -> None:
    """Return when the process that migrates has brought the schema to the head.

    Raises DatabaseUnavailable when that takes longer, DatabaseTooNew, DatabaseTooOld.
    """
    try:
        async with asyncio.timeout(within_seconds):
            while True:
                head, current = await head_and_current(url)
                if head == current:
                    return
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise DatabaseUnavailable(
            f"The tables were not migrated within {within_seconds:g} s",
            hint="Start the role api, or run: thakur migrate",
        ) from error


def migrations_dir() -> Path:
    """Find the revisions: inside the package when installed from a wheel, beside it in a checkout."""
    spec = importlib.util.find_spec("thakur")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(next(iter(spec.submodule_search_locations)))
    for directory in (package / "_migrations", package.parent / "migrations"):
        if (directory / "env.py").exists():
            return directory
    raise FileNotFoundError(f"no migrations in or beside {package}")


def configure(connection: Connection) -> "Config":
    """Make alembic's configuration for work on `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _migrate(url: str) -> None:
    from alembic import command

    with _connected(url) as lock_connection, _connected(url) as connection, _locked(lock_connection):
        _current(connection)
        command.upgrade(configure(connection), "head")
        connection.commit()


def _head_and_current(url: str) -> tuple[str | None, str | None]:
    with _connected(url) as connection:
        current = _current(connection)
        return _scripts(connection).get_current_head(), current


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})
    with converted(), engine.connect() as connection:
        version = int((connection.dialect.server_version_info or (0,))[0])
        if version < OLDEST_SERVER:
            raise DatabaseTooOld(
                f"PostgreSQL is version {version}; Thakur needs {OLDEST_SERVER} or newer",
                hint="Upgrade the server, or unset THAKUR_DATABASE_URL to use the one that comes with Thakur.",
            )
        yield connection


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    # A second connection holds the lock: the migration's own transactions come and go.
    connection.execute(text(f"SET lock_timeout = '{LOCK_WAIT_SECONDS}s'"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
    connection.commit()
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
        connection.commit()


def _current(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext
    from alembic.util.exc import CommandError

    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if current is not None:
        try:
            _scripts(connection).get_revision(current)
        except CommandError as error:
            raise DatabaseTooNew(
                f"A newer Thakur has migrated this database: revision {current} is unknown here",
                hint="Upgrade this Thakur; tables are never taken back on their own.",
            ) from error
    return current


def _scripts(connection: Connection) -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(configure(connection))
