"""Deployments and where they run: what is decided here, what an edge is ordered, and what it answers."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.builds import Failure, Plan, Step
from thakur.errors import Conflict, NotFound, Unavailable
from thakur.projects import Overrides
from thakur.runtime.facts import EdgeFacts
from thakur.runtime.replica import ReplicaStatus
from thakur.runtime.statuses import DeploymentStatus, Reason
from thakur.seam import deadline, idempotent

HEALTH_SECONDS = 60.0
DRAIN_SECONDS = 30.0
STREAMS_DRAIN_SECONDS = 30.0
STOP_SECONDS = 10.0
ORDER_SECONDS = 300.0  # at an edge, with the project's orders before it
STANDBY = timedelta(hours=24)
KEPT_OF_PRODUCTION = 10
REPLICA_MEMORY_BYTES = 512 * 1024 * 1024
REPLICA_CPUS = 1.0
REPLICA_PROCESSES = 256


class RolloutFailure(Failure, frozen=True, kw_only=True):
    """Why a deployment did not come up, and the number of what is active all the same."""

    still_active: int | None = None


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """One artifact put on edges. `number` is the project's own, the same as its build's. `url` answers when active.

    `branch` is the ref that the artifact's build was asked for, if it was of a repository.
    `plan` is the artifact's, followed under `settings`, which were the project's when it was made.
    `failure` tells of the last rollout or restart, so a deployment that could not come back is `standby` and has one.
    """

    id: int
    project_id: int
    environment_id: int
    environment: str
    number: int
    status: DeploymentStatus
    reason: Reason = Reason.DEPLOY
    is_restarting: bool = False
    artifact_id: int
    build_id: int | None
    log_stream_id: int
    url: str
    branch: str = ""
    plan: Plan | None = None
    settings: Overrides = Overrides()
    steps: tuple[Step, ...] = ()
    failure: RolloutFailure | None = None
    requested_by: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class DeploymentsSought(msgspec.Struct, frozen=True, kw_only=True):
    """Which deployments of a project are meant: those that fit all that is given. `*` in a `branch` is any characters."""

    environment_ids: tuple[int, ...] | None = None
    status: DeploymentStatus | None = None
    branch: str = ""


class DeploymentNotFound(NotFound):
    """The project has no deployment of that number."""

    code = "deployment_not_found"


class RolloutUnderWay(Conflict):
    """A rollout of the project or of the environment is just being ended; the same call may work in a moment."""

    code = "rollout_under_way"


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
    """The last answer of a health check that passed. `notes` say with which help the application came up."""

    status: int
    attempts: int
    seconds: float
    notes: tuple[str, ...] = ()


@idempotent
@deadline(ORDER_SECONDS)
class Edge(Protocol):
    """A host that runs replicas with the proxy in front of them. Every call may be repeated."""

    async def ping(self) -> None:
        """Return when its proxy serves. Raises Unavailable."""

    async def facts(self) -> EdgeFacts:
        """How its host fares, and what it can enforce."""

    async def prepare(self, order: Order) -> Prepared:
        """Fetch the artifact, start the replicas, make the pool. Raises DeploymentRefused, and then nothing is left of it."""

    async def check(self, deployment_id: int) -> Checked:
        """Wait until a page is answered through the proxy by the replica's own socket. Raises DeploymentRefused."""

    async def seen(self, deployment_id: int) -> tuple[str, ...]:
        """What its check has seen so far, in words, the oldest first; nothing of a deployment that the edge does not hold."""

    async def switch(self, deployment_id: int) -> None:
        """Route the deployment's hosts to its pool; every worker has acknowledged when it returns."""

    async def retire(self, deployment_id: int) -> None:
        """Drain the deployment's pool and stop its replicas, in the background. It must not be routed any more."""

    async def restart(self, order: Order) -> Checked:
        """Give a routed deployment new replicas: start, check, switch, then retire the old ones in the background.

        Raises DeploymentRefused, and then nothing is left of the new ones and the old ones serve on.
        """

    async def discard(self, deployment_id: int) -> None:
        """Stop and forget a deployment that was prepared; if it was switched too, what it displaced gets its hosts back."""

    async def withdraw(self, project_id: int, environment_id: int | None = None) -> None:
        """Stop serving the project, or one of its environments alone: routes, replicas, files."""

    async def status(self, deployment_id: int) -> tuple[ReplicaStatus, ...]:
        """How its replicas fare; none for files, and for a deployment that the edge does not hold."""


@idempotent
class Assignments(Protocol):
    """What an edge should be running, by the truth."""

    async def join(self, name: str) -> int:
        """The id of the edge of that name, given at its first call."""

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
        sought: DeploymentsSought | None = None,
    ) -> list[Deployment]:
        """The newest deployments of those sought, numbers below `before` if given."""

    async def active(self, principal: Principal, project_ids: Sequence[int]) -> dict[int, Deployment]:
        """What is live in production, by project id."""

    async def live(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        """What is live in these environments, by environment id."""

    async def newest(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        """Each environment's deployment of the highest number, by environment id."""

    async def runtime_stream(self, principal: Principal, project_id: int, environment: str) -> int:
        """The id of the environment's runtime log stream."""


class Rollouts(Protocol):
    """Asking for what should run. Every act raises what projects.authorize does when it is not the asker's."""

    async def rollback(self, principal: Principal, project_id: int, number: int) -> Deployment:
        """Bring the same deployment back, with its artifact and env snapshot; what is under way there gives way.

        May be called again while it comes. Raises DeploymentNotFound, AlreadyActive, NeverActive, ArtifactGone,
        RolloutUnderWay.
        """

    async def redeploy(self, principal: Principal, project_id: int, number: int, environment: str) -> Deployment:
        """A new deployment of `number`'s artifact with the env vars of now, and the project's next number.

        Raises DeploymentNotFound, EnvironmentUnknown, ForkStays, ArtifactGone.
        """

    async def restart(self, principal: Principal, project_id: int, number: int) -> Deployment:
        """Give the active deployment new replicas, without a gap. May be called again while it goes on.

        Raises DeploymentNotFound, NotActive, NothingToRestart.
        """

    async def cancel(self, principal: Principal, project_id: int, number: int) -> Deployment:
        """End a rollout or a restart before its switch; what is active stays. Raises DeploymentNotFound, NothingToCancel."""
