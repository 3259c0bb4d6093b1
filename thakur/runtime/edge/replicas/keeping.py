"""Keeps one replica running: notices its end, starts it again, and says when visitors may be led to it."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from thakur.background import Tasks
from thakur.errors import ThakurError
from thakur.logs import Level
from thakur.runtime.edge.replicas.comebacks import STEADY_SECONDS, Comebacks
from thakur.runtime.replica import ReplicaState, ReplicaStatus

LOOK_OFTEN_SECONDS = 0.02
LOOK_OFTEN_FOR_SECONDS = 5.0
LOOK_SELDOM_SECONDS = 0.5

log = logging.getLogger(__name__)


class Kept(Protocol):
    """What a keeper asks of a replica."""

    number: int
    port: int

    @property
    def upstream_port(self) -> int:
        """Where visitors are led."""

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""

    def listens(self) -> bool:
        """Whether a socket of its own gets what visitors send to its port."""

    async def ended(self) -> tuple[str, float]:
        """Wait for its process's end: how it ended, in words that follow "The application", and after how many seconds."""

    async def launch_anew(self) -> None:
        """Run another process, on another port. Raises ThakurError."""

    def say(self, text: str, level: Level) -> None:
        """A line in its log."""


class Keeper:
    """`stirred` is set while the process has ended; `tell` is called after every change of process or reachability.

    A port that a process has left may be anybody's: visitors are led to a port only while `is_reachable`, which it becomes
    again when the new process itself listens there.
    """

    def __init__(self, kept: Kept, tasks: Tasks, stirred: asyncio.Event, tell: Callable[[], Awaitable[None]]) -> None:
        self._reachable = asyncio.Event()
        self._reachable.set()
        self._kept = kept
        self._tasks = tasks
        self._stirred = stirred
        self._tell = tell
        self._comebacks = Comebacks()
        self._began_at = 0.0
        self._next_try_at: datetime | None = None
        self._is_kept = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    @property
    def is_reachable(self) -> bool:
        return self._reachable.is_set()

    def lose_sight(self) -> None:
        """Its port may be anybody's, until it is seen to listen there."""
        self._reachable.clear()

    async def reached(self) -> None:
        """Wait until visitors may be led to it."""
        await self._reachable.wait()

    def attend(self, gate: asyncio.Semaphore | None = None) -> None:
        """Begin. What has ended already comes back through the gate, with few others at a time."""
        self._keeping = self._tasks.spawn(self._keep(gate), f"keep replica on port {self._kept.port}")

    def keep_running(self) -> None:
        """From now on an end is an accident: the process is started again."""
        self._is_kept.set()

    def stop(self) -> None:
        """Start nothing any more."""
        for task in (self._keeping, self._looking):
            if task is not None:
                task.cancel()

    def status(self) -> ReplicaStatus:
        is_alive = self._kept.is_alive
        is_steady = is_alive and asyncio.get_running_loop().time() - self._began_at >= STEADY_SECONDS
        return ReplicaStatus(
            number=self._kept.number,
            port=self._kept.upstream_port,
            state=self._state(is_alive=is_alive),
            ends=0 if is_steady else self._comebacks.ends,
            ends_since=None if is_steady else self._comebacks.since,
            is_crash_loop=self._comebacks.is_crash_loop and not is_steady,
            next_try_at=self._next_try_at,
        )

    def _state(self, *, is_alive: bool) -> ReplicaState:
        if is_alive:
            return ReplicaState.RUNNING if self.is_reachable else ReplicaState.STARTING
        return ReplicaState.WAITING if self._is_kept.is_set() else ReplicaState.ENDED

    async def _keep(self, gate: asyncio.Semaphore | None) -> None:
        self._began_at = asyncio.get_running_loop().time()
        if not self.is_reachable and self._kept.is_alive:
            self._looking = self._tasks.spawn(self._look(), f"look for port {self._kept.port}")
        while True:
            ended, ran_seconds = await self._kept.ended()
            if self._looking is not None:
                self._looking.cancel()
            self._stirred.set()
            await self._is_kept.wait()
            self.lose_sight()
            await self._tell()
            async with gate or contextlib.nullcontext():
                await self._start_again(ended, ran_seconds)
                self._stirred.clear()
                self._looking = self._tasks.spawn(self._look(), f"look for port {self._kept.port}")
                if gate is not None:
                    await asyncio.wait([self._looking], timeout=LOOK_OFTEN_FOR_SECONDS)
            gate = None

    async def _start_again(self, ended: str, ran_seconds: float) -> None:
        while True:
            wait_seconds = self._comebacks.ended(ran_seconds)
            self._next_try_at = datetime.now(UTC) + timedelta(seconds=wait_seconds)
            self._kept.say(self._comebacks.told(ended, wait_seconds), Level.ERROR)
            await asyncio.sleep(wait_seconds)
            try:
                await self._kept.launch_anew()
            except ThakurError as error:
                log.warning("replica not started again", exc_info=error, extra={"port": self._kept.port})
                ended, ran_seconds = f"could not be started ({error.message})", 0.0
                continue
            self._next_try_at = None
            self._began_at = asyncio.get_running_loop().time()
            await self._tell()
            return

    async def _look(self) -> None:
        began_at = asyncio.get_running_loop().time()
        while not self._kept.listens():
            passed = asyncio.get_running_loop().time() - began_at
            await asyncio.sleep(LOOK_OFTEN_SECONDS if passed < LOOK_OFTEN_FOR_SECONDS else LOOK_SELDOM_SECONDS)
        self._reachable.set()
        await self._tell()
