"""The database's part of a process: stores, tables, and what every role with a database shares."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from thakur.background import Tasks
from thakur.db import migrate, wait_for_head
from thakur.settings import Settings
from thakur.stores import Stores
from thakur.wiring.core import Core, wire_core

# The api migrates; the others wait for it, and it may still be asking PostgreSQL to start.
HEAD_SECONDS = 120.0


@asynccontextmanager
async def storing(settings: Settings, *, migrates: bool) -> AsyncIterator[Core]:
    """Hold a share in the stores for the length of the block."""
    async with AsyncExitStack() as started:
        stores = Stores(settings)
        urls = await stores.start()
        started.push_async_callback(stores.stop)
        watch = Tasks()
        watch.spawn(stores.keep_running(), "keep the stores running")
        started.push_async_callback(watch.stop)
        if migrates:
            await migrate(urls.database_url)
        else:
            await wait_for_head(urls.database_url, HEAD_SECONDS)
        core = wire_core(settings, urls)
        started.push_async_callback(core.close)
        await core.accounts.prepare()
        await core.logs.start()
        started.push_async_callback(core.logs.stop)
        yield core
