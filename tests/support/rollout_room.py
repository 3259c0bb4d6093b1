"""The deciding half of runtime on a real database, with an edge that is told how to behave."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy import select, text, update

from support.edges import FakeEdge
from support.env_vars import FixedEnv
from support.queues import RecordingQueue
from thakur.accounts import Principal
from thakur.accounts.service import LocalAccounts
from thakur.builds import Artifact, ArtifactNeeds, ArtifactReady, Plan
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.rows import artifact_of
from thakur.db import Database
from thakur.logs.service import LocalLogs
from thakur.projects import Project
from thakur.projects.service import LocalProjects
from thakur.runtime import Checked, Deployment, Order, Prepared
from thakur.runtime.deployments.addresses import Addresses
from thakur.runtime.deployments.asking import LocalRollouts
from thakur.runtime.deployments.retention import Retention
from thakur.runtime.deployments.snapshots import EnvSnapshots
from thakur.runtime.models import DeploymentRow
from thakur.runtime.placings import Placings
from thakur.runtime.rollouts.aftermath import Aftermath
from thakur.runtime.rollouts.claims import Claims
from thakur.runtime.rollouts.interrupts import Interrupts
from thakur.runtime.rollouts.jobs import RolloutJobs
from thakur.runtime.rollouts.restart import Restart
from thakur.runtime.rollouts.rollout import Rollout
from thakur.runtime.service import LocalRuntime
from thakur.runtime.withdrawal import Withdrawal
from thakur.security import KeyRing, Sealer

SERVER = Plan(framework="hono", kind="server", start=("bun", "index.ts"))
STATIC = Plan(framework="static", kind="static")


class ToldEdge(FakeEdge):
    """Remembers its calls in order; `before` holds what happens first at a call of that name."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int]] = []
        self.before: dict[str, Callable[[], Awaitable[Any]]] = {}

    async def prepare(self, order: Order) -> Prepared:
        await self._called("prepare", order.deployment_id)
        return await super().prepare(order)

    async def check(self, deployment_id: int) -> Checked:
        await self._called("check", deployment_id)
        return await super().check(deployment_id)

    async def switch(self, deployment_id: int) -> None:
        await self._called("switch", deployment_id)
        await super().switch(deployment_id)

    async def retire(self, deployment_id: int) -> None:
        await self._called("retire", deployment_id)
        await super().retire(deployment_id)

    async def restart(self, order: Order) -> Checked:
        await self._called("restart", order.deployment_id)
        return await super().restart(order)

    async def discard(self, deployment_id: int) -> None:
        await self._called("discard", deployment_id)
        await super().discard(deployment_id)

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    async def _called(self, name: str, deployment_id: int) -> None:
        self.calls.append((name, deployment_id))
        if first := self.before.get(name):
            await first()


class KnownArtifacts:
    """Implements the part of Builds that runtime uses; `kept` is what the last sweep asked to keep."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.kept: set[int] | None = None

    async def artifact(self, project_id: int, artifact_id: int) -> Artifact:
        async with self._db.session() as session:
            row = await session.get(ArtifactRow, artifact_id)
        assert row is not None
        return artifact_of(row)

    async def keep_artifacts(self, needs: ArtifactNeeds) -> int:
        self.kept = set(await needs.needed())
        return 0


class RolloutRoom:
    """One process of the role api; `beside` is another one on the same database and the same edge."""

    def __init__(self, db: Database, worker: str = "host:/data", edge: ToldEdge | None = None) -> None:
        self.db = db
        self.queue = RecordingQueue()
        self.logs = LocalLogs(db)
        self.projects = LocalProjects(db, self.queue, [])
        self.artifacts = KnownArtifacts(db)
        self.env_vars = FixedEnv()
        self.interrupts = Interrupts()
        snapshots = EnvSnapshots(db, self.env_vars, Sealer(KeyRing({1: b"k" * 32}), "env vars"))
        self.runtime = LocalRuntime(
            db,
            self.projects,
            self.artifacts,
            self.logs,
            self.queue,
            Addresses("example.test", 80),
            self.interrupts,
            snapshots,
        )
        self.store = self.runtime.store
        self.rollouts = LocalRollouts(
            self.runtime, self.projects, self.artifacts, self.logs, self.queue, self.interrupts
        )
        self.claims, self.placings = Claims(db, worker), Placings(db)
        self.edge = edge or ToldEdge()
        self.edges: dict[int, ToldEdge] = {}
        self.aftermath = Aftermath(self.runtime, self.claims, self.placings, self.logs, self.edges)
        self.retention = Retention(db, self.store, self.projects, self.artifacts)
        self.rollout = Rollout(
            self.runtime, self.claims, self.placings, self.interrupts, self.aftermath, self.logs, self.edges
        )
        self.restart = Restart(self.runtime, self.claims, self.interrupts, self.aftermath, self.logs, self.edges)
        self.jobs = RolloutJobs(
            self.claims, self.rollout, self.restart, self.aftermath, self.interrupts, self.retention
        )
        self.withdrawal = Withdrawal(self.store, self.interrupts, self.queue, self.edges)
        self.principal: Principal

    async def prepare(self) -> "RolloutRoom":
        accounts = LocalAccounts(self.db)
        await accounts.prepare()
        self.principal = await accounts.operator()
        self.edges[await self.store.register_edge("here")] = self.edge
        return self

    async def beside(self, worker: str = "other:/data") -> "RolloutRoom":
        return await RolloutRoom(self.db, worker, self.edge).prepare()

    async def project(self, name: str = "shop") -> Project:
        return await self.projects.create(self.principal, name)

    async def built(self, project: Project, plan: Plan = SERVER, environment: str = "production") -> ArtifactReady:
        """A build that has succeeded, of which nobody has heard."""
        number = await self.projects.take_number(project.id)
        place = await self.projects.environment(project.id, environment)
        stream_id = await self.logs.open_build(project.id, number)
        async with self.db.session() as session:
            artifact = ArtifactRow(
                project_id=project.id, digest=f"{number:064}", size_bytes=1, files=1, plan=msgspec.to_builtins(plan)
            )
            session.add(artifact)
            await session.flush()
            build = BuildRow(
                project_id=project.id,
                environment_id=place.id,
                number=number,
                status="succeeded",
                source={"digest": "0" * 64, "size_bytes": 1},
                artifact_id=artifact.id,
                log_stream_id=stream_id,
                requested_by="ada",
            )
            session.add(build)
            await session.flush()
            return ArtifactReady(
                project_id=project.id,
                environment_id=place.id,
                number=number,
                build_id=build.id,
                artifact_id=artifact.id,
                log_stream_id=stream_id,
                requested_by="ada",
            )

    async def queued(self, project: Project, plan: Plan = SERVER, environment: str = "production") -> Deployment:
        """A deployment that waits."""
        ready = await self.built(project, plan, environment)
        await self.runtime.artifact_ready(ready)
        return await self.get(project, ready.number)

    async def deployed(self, project: Project, plan: Plan = SERVER, environment: str = "production") -> Deployment:
        """A deployment that went through its rollout, and is active unless the edge was told otherwise."""
        waiting = await self.queued(project, plan, environment)
        await self.jobs.drain()
        return await self.get(project, waiting.number)

    async def get(self, project: Project, number: int) -> Deployment:
        return await self.runtime.get(self.principal, project.id, number)

    async def statuses(self, project: Project) -> dict[int, str]:
        found = await self.runtime.list(self.principal, project.id)
        return {deployment.number: deployment.status.value for deployment in reversed(found)}

    async def row(self, deployment: Deployment) -> DeploymentRow:
        async with self.db.session() as session:
            found = await session.scalar(select(DeploymentRow).where(DeploymentRow.id == deployment.id))
        assert found is not None
        return found

    async def change(self, deployment: Deployment, **values: Any) -> None:
        async with self.db.session() as session:
            await session.execute(update(DeploymentRow).where(DeploymentRow.id == deployment.id).values(values))

    async def texts(self, deployment: Deployment) -> list[str]:
        return [line.text for line in await self.logs.page(deployment.log_stream_id, 0, 500)]

    async def said(self, deployment: Deployment, words: str) -> bool:
        return words in await self.texts(deployment)

    async def has_ended_log(self, deployment: Deployment) -> bool:
        return await self._one(
            "SELECT ended_at IS NOT NULL FROM log_streams WHERE id = :id", id=deployment.log_stream_id
        )

    async def activations(self) -> list[tuple[int, str, str, bool]]:
        """Number, reason, actor, and whether it lasts, in order."""
        async with self.db.session() as session:
            found = await session.execute(
                text(
                    "SELECT d.number, a.reason, a.actor, a.ended_at IS NULL FROM activations a"
                    " JOIN deployments d ON d.id = a.deployment_id ORDER BY a.id"
                )
            )
            return [(number, reason, actor, lasts) for number, reason, actor, lasts in found]

    async def placing(self, deployment: Deployment) -> str | None:
        return await self._one("SELECT status FROM deployment_edges WHERE deployment_id = :id", id=deployment.id)

    async def _one(self, statement: str, **values: Any) -> Any:
        async with self.db.session() as session:
            return await session.scalar(text(statement), values)
