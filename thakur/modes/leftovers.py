"""`thakur stop` when no `serve` runs: ends what the last one left going on this host."""

import asyncio

from thakur.modes.listener import LOCAL_SOCKET
from thakur.modes.lock import RoleLock
from thakur.settings import Settings
from thakur.stores import stop_unused
from thakur.wiring import end_leftovers


def stop_host(settings: Settings) -> int:
    """End the proxy workers, replicas and stores that run without a `serve`; returns how many there were.

    Raises RoleTaken when a `serve` runs after all.
    """
    if not (settings.data_dir / "run").is_dir():
        return 0
    return asyncio.run(_stop(settings))


async def _stop(settings: Settings) -> int:
    lock = RoleLock(settings.data_dir, "all")
    lock.take()
    try:
        ended = await end_leftovers(settings.data_dir)
        await stop_unused(settings)
        (settings.data_dir / "run" / LOCAL_SOCKET).unlink(missing_ok=True)
        return ended
    finally:
        lock.give_back()
