"""The api's jobs in a process: rollouts and deletions."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from thakur.modes.working import working
from thakur.runtime import Edge
from thakur.wiring.core import Core
from thakur.wiring.deciding import Deciding, wire_deciding


@asynccontextmanager
async def deciding(core: Core, edges: Mapping[int, Edge]) -> AsyncIterator[Deciding]:
    """Decide for the length of the block."""
    parts = wire_deciding(core, edges)
    await parts.rollout_jobs.start()
    try:
        async with working(parts.workers):
            yield parts
    finally:
        await parts.rollout_jobs.stop()
