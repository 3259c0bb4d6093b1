"""Tasks with a name and an owner, and work in threads: the one place that creates either."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")

log = logging.getLogger(__name__)


class Tasks:
    """A set of running tasks that somebody owns: it keeps them from being collected and ends them.

    A task that fails is logged once, with its name; the others go on.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start `work` now and keep it until it ends."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self, within_seconds: float = 5.0) -> None:
        """Cancel what still runs and wait for it, at most `within_seconds`. May be called twice."""
        running = [task for task in self._running if not task.done()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=within_seconds)

    def __len__(self) -> int:
        return len(self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            log.error("background task failed", exc_info=failure, extra={"task": task.get_name()})


async def to_end(work: Callable[[], ResultT]) -> ResultT:
    """Run `work` in a thread. A thread cannot be canceled: whoever cancels waits until it has come to its end."""
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
