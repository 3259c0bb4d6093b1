"""Queue workers in a process."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from thakur.background import Tasks
from thakur.queue import Worker

HAND_BACK_SECONDS = 30.0


@asynccontextmanager
async def working(workers: Sequence[Worker]) -> AsyncIterator[None]:
    """Work for the length of the block; what is in hand at its end is given back."""
    tasks = Tasks()
    for worker in workers:
        tasks.spawn(worker.run(), f"work on {worker.name}")
    try:
        yield
    finally:
        await tasks.stop(HAND_BACK_SECONDS)
