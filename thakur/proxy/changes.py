"""Word that something changed, for whoever waits for a condition."""

import asyncio
from collections.abc import Callable


class Changes:
    """Told after every change; a wait asks its condition again each time."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        told, self._next = self._next, asyncio.Event()
        told.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._next.wait()
