"""The worker's part of a process: builds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from thakur.modes.working import working
from thakur.wiring.building import wire_building
from thakur.wiring.core import Core


@asynccontextmanager
async def building(core: Core) -> AsyncIterator[None]:
    """Build for the length of the block. Raises BunMissing."""
    parts = wire_building(core)
    async with working(parts.workers):
        yield
