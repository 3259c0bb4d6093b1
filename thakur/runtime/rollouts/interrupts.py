"""Interrupts: the parts of rollouts that run in this process and may be broken off from outside, at once."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager


class Interrupted(Exception):
    """The rollout is not wanted any more."""


class Interrupts:
    """Open stretches by deployment id. One that is not open here is found out by its lease, within a second."""

    def __init__(self) -> None:
        self._open: dict[int, asyncio.Timeout] = {}

    @asynccontextmanager
    async def stretch(self, deployment_id: int) -> AsyncIterator[None]:
        """What runs in the block can be interrupted. Raises Interrupted."""
        try:
            async with asyncio.timeout(None) as bounds:
                self._open[deployment_id] = bounds
                try:
                    yield
                finally:
                    self._open.pop(deployment_id, None)
        except TimeoutError as error:
            if not bounds.expired():
                raise
            raise Interrupted from error

    def interrupt(self, deployment_ids: Iterable[int]) -> None:
        """Break off those of the rollouts that are in an open stretch."""
        for deployment_id in deployment_ids:
            if bounds := self._open.pop(deployment_id, None):
                bounds.reschedule(asyncio.get_running_loop().time())
