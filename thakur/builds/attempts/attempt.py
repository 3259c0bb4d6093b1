"""An attempt: one build that runs in this process, until it has ended or is somebody else's."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from thakur.builds.interface import Build, Step
from thakur.builds.packing.artifacts import Packed
from thakur.builds.plan import Plan
from thakur.git import Resolved

Result = TypeVar("Result")


class Outcome(msgspec.Struct, frozen=True):
    """What an attempt that succeeded made, by a plan that is shown; what is kept with it leaves out the settings of a start."""

    plan: Plan
    artifact_plan: Plan
    packed: Packed
    steps: tuple[Step, ...]


class Attempt:
    """What is known of it at any moment: the plan, once it is made, the steps that ended, whether it is still held.

    A git source's commit is part of `build` once its ref is resolved.
    """

    def __init__(self, build: Build) -> None:
        self.build = build
        self.plan: Plan | None = None
        self.steps: list[Step] = []
        self.inputs_digest: str | None = None
        self.resolved: Resolved | None = None
        self.over = asyncio.Event()
        self._is_lost = False
        self._now: Step | None = None
        self._hold: asyncio.Timeout | None = None

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """Note how long the block takes."""
        begin = time.monotonic()
        self._now = Step(name, began_at=datetime.now(UTC))
        try:
            yield
        finally:
            self._now = None
            self.steps.append(Step(name, round(time.monotonic() - begin, 3)))

    def progress(self) -> tuple[Step, ...]:
        """The steps so far, the one that runs among them."""
        return (*self.steps, self._now) if self._now else tuple(self.steps)

    async def carry(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """Await the work; None when the attempt was lost meanwhile: then the work was canceled and has ended."""
        try:
            async with asyncio.timeout(None) as hold:
                self._hold = hold
                if self._is_lost:
                    self._expire(hold)
                return await work
        except TimeoutError:
            if not hold.expired():
                raise
            return None
        finally:
            self._hold = None

    def lose(self) -> None:
        """End the work at once. May be called twice."""
        if not self._is_lost and self._hold is not None:
            self._expire(self._hold)
        self._is_lost = True

    def _expire(self, hold: asyncio.Timeout) -> None:
        hold.reschedule(asyncio.get_running_loop().time())
