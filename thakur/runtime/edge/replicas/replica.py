"""Replicas: started together or not at all, found again by the next edge, stopped with nothing left behind."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from thakur import pids
from thakur.background import Tasks
from thakur.builds import Toolchain
from thakur.logs import Level, LogSink
from thakur.runtime.edge.placements.state import ReplicaRecord
from thakur.runtime.edge.replicas.homes import Home, homes_directory
from thakur.runtime.edge.replicas.keeping import Keeper
from thakur.runtime.edge.replicas.ports import Ports
from thakur.runtime.edge.replicas.process import LOOPBACK, how_it_ended, replica_spec
from thakur.runtime.edge.starting.start import Start
from thakur.runtime.edge.tailing.tail import Origin, Tail, last_lines
from thakur.runtime.interface import STOP_SECONDS, Order
from thakur.sandbox import Exit, Identity, Sandbox, SandboxRefused
from thakur.security import Redactor

LOG_SECONDS = 10.0
# What no visitor ever reached has nothing to finish.
DISCARD_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every replica of an edge is made with."""

    edge_id: int
    data_dir: Path
    sandbox: Sandbox
    sink: LogSink
    ports: Ports
    tasks: Tasks
    toolchain: Toolchain
    uid_of: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """What all replicas of a placement have in common. `stirred` is set when one has ended, `tell` called when one changed.

    `start` is asked before each launch.
    """

    order: Order
    pool_id: str
    artifact: Path
    stirred: asyncio.Event
    start: Callable[[], Start]
    tell: Callable[[], Awaitable[None]]


class Replica:
    """One process, its home, its log, and its port, which is another one each time that it is started again."""

    def __init__(self, workshop: Workshop, kind: Kind, number: int, port: int) -> None:
        self.number = number
        self.port = port
        self.home = Home(homes_directory(workshop.data_dir) / f"{kind.pool_id}-{number}")
        self.exit: Exit | None = None
        self.keeper = Keeper(self, workshop.tasks, kind.stirred, kind.tell)
        self._workshop = workshop
        self._kind = kind
        self._redactor = Redactor(kind.order.env.values())
        self._identity: Identity | None = None
        self._tail: Tail | None = None
        # Where the output of this start begins: what the one before wrote explains nothing any more.
        self._output_begin = 0
        self._changing = asyncio.Lock()
        self._is_found = False
        self._is_stopping = False
        self._is_gone = False

    @property
    def is_alive(self) -> bool:
        return self._identity is not None and self._workshop.sandbox.is_alive(self._identity)

    @property
    def upstream_port(self) -> int:
        """Where visitors are led: to the port that it was given, unless its start says otherwise and it is not there."""
        leads_to = self._kind.start().leads_to
        if leads_to is None:
            return self.port
        ports = self.listening_ports()
        if self.port in ports:
            return self.port
        # One that listens at random is somewhere else after every launch.
        return next(iter(ports)) if len(ports) == 1 else leads_to

    def listening_ports(self) -> frozenset[int]:
        return self._workshop.sandbox.listening_ports(self._identity) if self._identity else frozenset()

    def cpu_seconds(self) -> float:
        return self._workshop.sandbox.cpu_seconds(self._identity) if self._identity else 0.0

    def listens(self) -> bool:
        identity = self._identity
        return identity is not None and self._workshop.sandbox.is_reached(identity, LOOPBACK, self.upstream_port)

    def record(self) -> ReplicaRecord:
        return ReplicaRecord(number=self.number, port=self.port, identity=self._identity)

    def last_lines(self) -> tuple[str, ...]:
        return last_lines(self.home.output, self._redactor, self._output_begin)

    def say(self, text: str, level: Level = Level.DEPLOY) -> None:
        if self._tail is not None:
            self._tail.say(text, level)

    async def start(self) -> None:
        """Run the process. Raises SandboxRefused, DeploymentRefused."""
        await self._launch()
        self._follow()
        self.keeper.attend()

    def find(self, identity: Identity | None) -> None:
        """Take a process that an earlier edge started for this replica's own."""
        self._identity = identity
        self._is_found = True
        self._workshop.ports.claim(self.port)
        if not (self.is_alive and self.listens()):
            self.keeper.lose_sight()

    def adopt(self, gate: asyncio.Semaphore) -> None:
        """Look after what was found; what has ended meanwhile is started again if it is to be kept running."""
        self._follow()
        self.keeper.attend(gate)

    async def stop(self, grace_seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, SIGKILL after the grace, then its log is read to the end and its home removed. May be called twice."""
        self._is_stopping = True
        async with self._changing:
            if self._is_gone:
                return
            self.keeper.stop()
            await self._end(grace_seconds)
            if self._tail is not None:
                await self._tail.finish(LOG_SECONDS)
            await asyncio.to_thread(self.home.remove)
            self._workshop.ports.release(self.port)
            self._is_gone = True

    async def ended(self) -> tuple[str, float]:
        if self._identity is not None:
            self.exit = await self._workshop.sandbox.wait(self._identity)
        if self._is_found:
            # There may be another process that the edge before had started and not written down any more.
            self._is_found = False
            await self._workshop.sandbox.end(self.home.path.name)
        if self._identity is None or self.exit is None:
            return "was not running", 0.0
        if self._identity.boot_id != pids.boot_id():
            return "ended with the host", 0.0
        return how_it_ended(self.exit, self._kind.order), self.exit.seconds

    async def start_over(self) -> None:
        """Run another process in the place of this one, to which no visitor was led yet. Raises SandboxRefused, DeploymentRefused."""
        self.keeper.stop()
        await self._end(DISCARD_SECONDS)
        self._output_begin = self.home.output.stat().st_size if self.home.output.exists() else 0
        await self.launch_anew()
        if not self._is_stopping:
            self.keeper.attend()

    async def launch_anew(self) -> None:
        port = self._workshop.ports.take()
        self._workshop.ports.release(self.port)
        self.port = port
        await self._launch()

    async def _launch(self) -> None:
        async with self._changing:
            if self._is_stopping:
                return
            uid = self._workshop.uid_of(self._kind.order.project_id)
            order, artifact, start = self._kind.order, self._kind.artifact, self._kind.start()
            spec = replica_spec(order, self.home, self.port, artifact, uid, self._workshop.toolchain, start)
            await asyncio.to_thread(self.home.make, uid)
            try:
                self._identity = await self._workshop.sandbox.start(spec, self.home.output, self.home.status)
            except SandboxRefused as error:
                # It quotes what was written, and whoever logs it would log what it came from too.
                raise SandboxRefused(self._redactor.redact_text(error.message), hint=error.hint) from None
            self.exit = None

    async def _end(self, grace_seconds: float) -> None:
        sandbox = self._workshop.sandbox
        if not self.is_alive or self._identity is None:
            # Also what a start that was canceled left half way.
            await sandbox.end(self.home.path.name)
            return
        self.exit = await sandbox.stop(self._identity, grace_seconds)
        self.say(f"The replica was stopped: the application {how_it_ended(self.exit, self._kind.order)}.")

    def _follow(self) -> None:
        order, edge_id = self._kind.order, self._workshop.edge_id
        origin = Origin(
            stream_id=order.runtime_stream_id,
            name=f"{edge_id}/{self.home.path.name}",
            deployment_id=order.deployment_id,
            edge_id=edge_id,
            replica=self.number,
        )
        self._tail = Tail(self.home, origin, self._workshop.sink, self._workshop.tasks, self._redactor)


async def start_replicas(workshop: Workshop, kind: Kind) -> tuple[Replica, ...]:
    """All replicas of the order, or none. Raises SandboxRefused, DeploymentRefused."""
    async with AsyncExitStack() as undo:
        replicas = []
        for number in range(kind.order.replicas):
            replica = Replica(workshop, kind, number, workshop.ports.take())
            undo.push_async_callback(replica.stop, DISCARD_SECONDS)
            await replica.start()
            replicas.append(replica)
        undo.pop_all()
    return tuple(replicas)


def find_replicas(workshop: Workshop, kind: Kind, records: tuple[ReplicaRecord, ...]) -> tuple[Replica, ...]:
    """The replicas that an earlier edge has recorded, alive or not."""
    replicas = []
    for record in records:
        replica = Replica(workshop, kind, record.number, record.port)
        replica.find(record.identity)
        replicas.append(replica)
    return tuple(replicas)
