"""The database's part of a process: stores, tables, and what every role with a database shares."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from thakur.background import Tasks
from thakur.db import DatabaseUnavailable, migrate, wait_for_head
from thakur.queue import QueueUnavailable
from thakur.settings import Settings
from thakur.stores import Stores
from thakur.wiring.core import Core, wire_core

# The api migrates; the others wait for it, and it may still be asking PostgreSQL to start.
HEAD_SECONDS = 120.0


@asynccontextmanager
async def storing(settings: Settings) -> AsyncIterator[Core]:
    """Hold a share in the stores for the length of the block. The database itself was not asked anything yet."""
    async with AsyncExitStack() as started:
        stores = Stores(settings)
        urls = await stores.start()
        started.push_async_callback(stores.stop)
        watch = Tasks()
        watch.spawn(stores.keep_running(), "keep the stores running")
        started.push_async_callback(watch.stop)
        core = wire_core(settings, urls)
        started.push_async_callback(core.close)
        yield core


@asynccontextmanager
async def migrated(core: Core, *, migrates: bool) -> AsyncIterator[None]:
    """Have the tables as this code knows them for the length of the block. Raises DatabaseUnavailable and its like."""
    with _named(core.settings):
        if migrates:
            await migrate(core.urls.database_url)
        else:
            await wait_for_head(core.urls.database_url, HEAD_SECONDS)
        await core.people.accounts.prepare()
    await core.logs.start()
    try:
        yield
    finally:
        await core.logs.stop()


async def missing(core: Core) -> str:
    """What the person who started this must know of a store that is away; empty when none is."""
    try:
        await core.queue.ping()
    except QueueUnavailable as error:
        which = "The embedded Valkey" if core.settings.has_embedded_redis else "THAKUR_REDIS_URL"
        return f"{which} does not answer ({error.reason}). Until it does, /ready says no and everything takes seconds longer."
    return ""


@contextmanager
def _named(settings: Settings) -> Iterator[None]:
    # The error knows a server; who reads it knows the variable that named it.
    try:
        yield
    except DatabaseUnavailable as error:
        if settings.has_embedded_database:
            raise
        raise DatabaseUnavailable(
            f"THAKUR_DATABASE_URL: {error.message}",
            hint="Check its host, port, user, password and database, and that PostgreSQL runs there. "
            "Without the variable Thakur runs its own.",
        ) from error
