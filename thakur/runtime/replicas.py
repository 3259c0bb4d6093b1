"""Replicas: started together or not at all, kept running once they are active, stopped with nothing left behind."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from thakur.background import Tasks
from thakur.errors import ThakurError
from thakur.logs import Level, LogSink
from thakur.runtime.backoff import backoff_seconds
from thakur.runtime.homes import Home, homes_directory
from thakur.runtime.interface import STOP_SECONDS, Order
from thakur.runtime.ports import Ports
from thakur.runtime.process import how_it_ended, replica_spec
from thakur.runtime.state import ReplicaRecord
from thakur.runtime.tailing import Origin, Tail, last_lines
from thakur.sandbox import Exit, Identity, Sandbox, SandboxRefused, Spec
from thakur.security import Redactor

FIRST_RESTART_SECONDS = 0.1
LAST_RESTART_SECONDS = 30.0
# A replica that ran this long before it ended counts as one that works: its next restart is quick again.
STEADY_SECONDS = 60.0
LOG_SECONDS = 10.0
# What no visitor ever reached has nothing to finish.
DISCARD_SECONDS = 0.5

log = logging.getLogger(__name__)

OnChange = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every replica of an edge is made with."""

    edge_id: int
    data_dir: Path
    sandbox: Sandbox
    sink: LogSink
    ports: Ports
    tasks: Tasks
    bun: Path
    uid_of: Callable[[int], int]
    on_change: OnChange


class Replica:
    """One process, its port, its home and its log."""

    def __init__(self, workshop: Workshop, order: Order, spec: Spec, home: Home, number: int, port: int) -> None:
        self.number = number
        self.port = port
        self.home = home
        self.exit: Exit | None = None
        self._workshop = workshop
        self._order = order
        self._spec = spec
        self._redactor = Redactor(order.env.values())
        self._identity: Identity | None = None
        self._tail: Tail | None = None
        self._watching: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        self._is_kept = asyncio.Event()
        self._is_stopping = False
        self._is_gone = False

    @property
    def is_alive(self) -> bool:
        return self._identity is not None and self._workshop.sandbox.is_alive(self._identity)

    def listening_ports(self) -> frozenset[int]:
        return self._workshop.sandbox.listening_ports(self._identity) if self._identity else frozenset()

    def record(self) -> ReplicaRecord:
        return ReplicaRecord(number=self.number, port=self.port, identity=self._identity)

    def last_lines(self) -> tuple[str, ...]:
        return last_lines(self.home.output, self._redactor)

    def say(self, text: str, level: Level = Level.DEPLOY) -> None:
        if self._tail is not None:
            self._tail.say(text, level)

    async def start(self, stirred: asyncio.Event) -> None:
        """Run the process; `stirred` is set whenever it has ended. Raises SandboxRefused, DeploymentRefused."""
        await self._launch()
        self._tail = Tail(self.home, self._origin(), self._workshop.sink, self._workshop.tasks, self._redactor)
        self._watching = self._workshop.tasks.spawn(self._watch(stirred), f"watch {self._spec.name}")

    def keep_running(self) -> None:
        """From now on an end is an accident: the process is started again."""
        self._is_kept.set()

    async def stop(self, grace_seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, SIGKILL after the grace, then its log is read to the end and its home removed. May be called twice."""
        self._is_stopping = True
        async with self._changing:
            if self._is_gone:
                return
            if self._watching is not None:
                self._watching.cancel()
            await self._end(grace_seconds)
            if self._tail is not None:
                await self._tail.finish(LOG_SECONDS)
            await asyncio.to_thread(self.home.remove)
            self._workshop.ports.release(self.port)
            self._is_gone = True

    async def _end(self, grace_seconds: float) -> None:
        sandbox = self._workshop.sandbox
        if not self.is_alive or self._identity is None:
            # Also what a start that was canceled left half way.
            await sandbox.end(self._spec.name)
            return
        self.exit = await sandbox.stop(self._identity, grace_seconds)
        self.say(f"The replica was stopped: the application {how_it_ended(self.exit, self._order)}.")

    async def _launch(self) -> None:
        async with self._changing:
            if self._is_stopping:
                return
            await asyncio.to_thread(self.home.make, self._spec.uid)
            try:
                self._identity = await self._workshop.sandbox.start(self._spec, self.home.output, self.home.status)
            except SandboxRefused as error:
                # It quotes what was written, and whoever logs it would log what it came from too.
                raise SandboxRefused(self._redactor.redact_text(error.message), hint=error.hint) from None
            self.exit = None

    async def _watch(self, stirred: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while self._identity is not None:
            began_at = loop.time()
            self.exit = await self._workshop.sandbox.wait(self._identity)
            stirred.set()
            await self._is_kept.wait()
            failures = 1 if loop.time() - began_at >= STEADY_SECONDS else failures + 1
            failures = await self._start_again(how_it_ended(self.exit, self._order), failures)
            stirred.clear()

    async def _start_again(self, ended: str, failures: int) -> int:
        while True:
            wait_seconds = backoff_seconds(failures, FIRST_RESTART_SECONDS, LAST_RESTART_SECONDS)
            self.say(f"The application {ended}; it is started again in {wait_seconds:.1f} s.", Level.ERROR)
            await asyncio.sleep(wait_seconds)
            try:
                await self._launch()
            except ThakurError as error:
                log.warning("replica not started again", exc_info=error, extra={"replica": self._spec.name})
                failures, ended = failures + 1, f"could not be started ({error.message})"
                continue
            await self._workshop.on_change()
            return failures

    def _origin(self) -> Origin:
        return Origin(
            stream_id=self._order.runtime_stream_id,
            name=f"{self._workshop.edge_id}/{self._spec.name}",
            deployment_id=self._order.deployment_id,
            edge_id=self._workshop.edge_id,
            replica=self.number,
        )


async def start_replicas(
    workshop: Workshop, order: Order, pool_id: str, artifact: Path, stirred: asyncio.Event
) -> tuple[Replica, ...]:
    """All replicas of the order, or none. Raises SandboxRefused, DeploymentRefused."""
    async with AsyncExitStack() as undo:
        replicas = []
        for number in range(order.replicas):
            replica = _make(workshop, order, pool_id, artifact, number)
            undo.push_async_callback(replica.stop, DISCARD_SECONDS)
            await replica.start(stirred)
            replicas.append(replica)
        undo.pop_all()
    return tuple(replicas)


def _make(workshop: Workshop, order: Order, pool_id: str, artifact: Path, number: int) -> Replica:
    port = workshop.ports.take()
    home = Home(homes_directory(workshop.data_dir) / f"{pool_id}-{number}")
    spec = replica_spec(order, home, port, artifact, workshop.uid_of(order.project_id), workshop.bun)
    return Replica(workshop, order, spec, home, number, port)
