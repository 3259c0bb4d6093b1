"""Deployments and where they run: what is decided here, what an edge is ordered, and what it answers."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.builds import Failure, Plan, Step
from thakur.errors import Conflict, NotFound, Unavailable
from thakur.seam import deadline, idempotent

HEALTH_SECONDS = 60.0
DRAIN_SECONDS = 30.0
STREAMS_DRAIN_SECONDS = 30.0
STOP_SECONDS = 10.0
ORDER_SECONDS = 300.0  # at an edge, with the project's orders before it
REPLICA_MEMORY_BYTES = 512 * 1024 * 1024
REPLICA_CPUS = 1.0
REPLICA_PROCESSES = 256


class DeploymentStatus(StrEnum):
    """In order of life; `failed`, `canceled` and `superseded` are the other ends."""

    QUEUED = "queued"
    STARTING = "starting"
    CHECKING = "checking"
    ACTIVE = "active"
    STANDBY = "standby"
    RETIRED = "retired"
    FAILED = "failed"
    CANCELED = "canceled"
    SUPERSEDED = "superseded"


_ENDS_EARLY = frozenset({DeploymentStatus.FAILED, DeploymentStatus.CANCELED, DeploymentStatus.SUPERSEDED})
DEPLOYMENT_MOVES: dict[DeploymentStatus, frozenset[DeploymentStatus]] = {
    DeploymentStatus.QUEUED: frozenset({DeploymentStatus.STARTING}) | _ENDS_EARLY,
    DeploymentStatus.STARTING: frozenset({DeploymentStatus.CHECKING, DeploymentStatus.QUEUED}) | _ENDS_EARLY,
    DeploymentStatus.CHECKING: frozenset({DeploymentStatus.ACTIVE, DeploymentStatus.QUEUED}) | _ENDS_EARLY,
    DeploymentStatus.ACTIVE: frozenset({DeploymentStatus.STANDBY, DeploymentStatus.RETIRED}),
    DeploymentStatus.STANDBY: frozenset({DeploymentStatus.STARTING, DeploymentStatus.RETIRED}),
    DeploymentStatus.RETIRED: frozenset({DeploymentStatus.STARTING}),
}


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """One artifact put on edges. `number` is the project's own, the same as its build's. `url` answers when active."""

    id: int
    project_id: int
    environment_id: int
    environment: str
    number: int
    status: DeploymentStatus
    artifact_id: int
    build_id: int | None
    log_stream_id: int
    url: str
    steps: tuple[Step, ...] = ()
    failure: Failure | None = None
    requested_by: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class DeploymentNotFound(NotFound):
    """The project has no deployment of that number."""

    code = "deployment_not_found"


class EdgeUnavailable(Unavailable):
    """An edge did not answer; what it serves it goes on serving."""

    code = "edge_unavailable"


class DeploymentRefused(Conflict):
    """An edge could not bring the deployment up; `failure` is what a person is told, `output` the application's last lines."""

    code = "deployment_refused"

    def __init__(self, failure: Failure, output: tuple[str, ...] = ()) -> None:
        super().__init__(failure.what, hint=failure.next)
        self.failure = failure
        self.output = output


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """`GET path`; below 500 is healthy, two good answers in a row; every 100 ms for 5 s, then every second."""

    path: str = "/"
    within_seconds: float = HEALTH_SECONDS


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """All that an edge needs to run a deployment. Orders are idempotent by deployment id."""

    deployment_id: int
    project_id: int
    project: str
    environment_id: int
    number: int
    digest: str
    plan: Plan
    hosts: tuple[str, ...]
    runtime_stream_id: int
    env: dict[str, str] = {}
    health: HealthCheck = HealthCheck()
    replicas: int = 1
    memory_bytes: int = REPLICA_MEMORY_BYTES
    cpus: float = REPLICA_CPUS
    processes: int = REPLICA_PROCESSES
    drain_seconds: float = DRAIN_SECONDS
    streams_drain_seconds: float = STREAMS_DRAIN_SECONDS

    def __repr__(self) -> str:
        # Its env vars are secrets, and a repr ends in logs.
        return f"Order(deployment_id={self.deployment_id}, project={self.project!r}, number={self.number})"


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """Replicas of the order run, or its directory is found; the pool is known to the proxy, not routed."""

    ports: tuple[int, ...]
    seconds: float


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The last answer of a health check that passed."""

    status: int
    attempts: int
    seconds: float


@idempotent
@deadline(ORDER_SECONDS)
class Edge(Protocol):
    """A host that runs replicas with the proxy in front of them. Every call may be repeated."""

    async def prepare(self, order: Order) -> Prepared:
        """Fetch the artifact, start the replicas, make the pool. Raises DeploymentRefused, and then nothing is left of it."""

    async def check(self, deployment_id: int) -> Checked:
        """Wait until a page is answered through the proxy by the replica's own socket. Raises DeploymentRefused."""

    async def switch(self, deployment_id: int) -> None:
        """Route the deployment's hosts to its pool; every worker has acknowledged when it returns."""

    async def retire(self, deployment_id: int) -> None:
        """Drain the deployment's pool and stop its replicas, in the background. It must not be routed any more."""

    async def discard(self, deployment_id: int) -> None:
        """Stop and forget a deployment that was prepared and never switched."""

    async def withdraw(self, project_id: int) -> None:
        """Stop serving the project: routes, replicas, files."""


@idempotent
class Assignments(Protocol):
    """What an edge should be running, by the truth."""

    async def assigned(self, edge_id: int) -> list[Order]:
        """The orders of every deployment that is active on this edge."""


class Runtime(Protocol):
    """Deciding what runs, and looking at it."""

    async def get(self, principal: Principal, project_id: int, number: int) -> Deployment:
        """Raises DeploymentNotFound."""

    async def list(
        self,
        principal: Principal,
        project_id: int,
        limit: int = 50,
        before: int | None = None,
    ) -> list[Deployment]:
        """The newest deployments, numbers below `before` if given."""

    async def active(self, principal: Principal, project_ids: Sequence[int]) -> dict[int, Deployment]:
        """What is live in production, by project id."""

    async def runtime_stream(self, principal: Principal, project_id: int, environment: str) -> int:
        """The id of the environment's runtime log stream."""
