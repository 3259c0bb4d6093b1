"""A deployment as one edge runs it."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from thakur.builds import Failure
from thakur.proxy import Pool, Route, Upstream
from thakur.runtime.edge.placements.state import PlacementRecord
from thakur.runtime.edge.replicas.process import LOOPBACK
from thakur.runtime.edge.replicas.replica import Replica
from thakur.runtime.edge.starting.start import Start
from thakur.runtime.edge.tailing.tail import LAST_LINES
from thakur.runtime.interface import DeploymentRefused, Order, Prepared


@dataclass(eq=False, slots=True)
class Placement:
    """One coming up of a deployment: its pool, and its replicas or its directory.

    A deployment that comes back is a new placement, with a new pool, while the old one may still be draining.
    """

    order: Order
    pool_id: str
    artifact: Path = Path()
    replicas: tuple[Replica, ...] = ()
    directory: str | None = None
    # Where the assets of its environment's earlier deployments are.
    earlier: str | None = None
    start: Start = Start()  # noqa: RUF009  (it cannot be changed)
    is_routed: bool = False
    # On its way out: its pool must not be told to the proxy any more.
    is_leaving: bool = False
    held_since: float = field(default_factory=monotonic)
    seconds: float = 0.0
    # Set when a replica has ended, for who waits.
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    # Held while it is brought up by one start after the other: an order to check it may come twice.
    checking: asyncio.Lock = field(default_factory=asyncio.Lock)
    # What its check has seen so far, for who watches it.
    seen: list[str] = field(default_factory=list)
    # The deployment that answered the hosts before.
    displaced: int | None = None

    @property
    def is_alive(self) -> bool:
        return all(replica.is_alive for replica in self.replicas)

    def prepared(self) -> Prepared:
        return Prepared(ports=tuple(replica.port for replica in self.replicas), seconds=self.seconds)

    def pool(self) -> Pool:
        return Pool(
            id=self.pool_id,
            upstreams=tuple(
                Upstream(LOOPBACK, replica.upstream_port) for replica in self.replicas if replica.keeper.is_reachable
            ),
            directory=self.directory,
            is_spa=self.order.plan.is_spa,
            earlier=self.earlier,
        )

    def routes(self) -> tuple[Route, ...]:
        return tuple(Route(host, self.pool_id) for host in self.order.hosts)

    def last_lines(self) -> tuple[str, ...]:
        lines = [line for replica in self.replicas for line in replica.last_lines()]
        return tuple(lines[-LAST_LINES:])

    def record(self) -> PlacementRecord:
        return PlacementRecord(
            order=self.order,
            pool_id=self.pool_id,
            artifact=str(self.artifact),
            directory=self.directory,
            start=self.start,
            replicas=tuple(replica.record() for replica in self.replicas),
            displaced=self.displaced,
            is_routed=self.is_routed,
            is_retiring=self.is_leaving,
        )


def static_directory(artifact: Path, static_root: Path) -> str:
    """The artifact as the proxy names it. Raises DeploymentRefused."""
    if not artifact.is_relative_to(static_root):
        raise DeploymentRefused(
            Failure(
                code="artifact_elsewhere",
                what="The proxy cannot reach the artifact's files.",
                why=f"{artifact} is not below {static_root}.",
                next="Deploy again, so that the artifact is stored anew.",
            ),
        )
    return str(artifact.relative_to(static_root))
