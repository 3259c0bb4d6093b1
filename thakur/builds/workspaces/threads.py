"""Threads for work on a workspace: they cannot be killed, so their end is waited for before the workspace goes."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def to_its_end(work: Callable[..., Result], *arguments: object, **options: object) -> Result:
    """Do it in a thread, to the end also when this is canceled."""
    return await in_thread(threading.Event(), lambda: work(*arguments, **options))


async def in_thread(canceled: threading.Event, work: Callable[..., Result], *arguments: object) -> Result:
    """Do it in a thread; `canceled` is set when this is canceled, so that the work may end early."""
    running = asyncio.get_running_loop().run_in_executor(None, lambda: work(*arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        canceled.set()
        await asyncio.wait([running])
        running.exception()
        raise
