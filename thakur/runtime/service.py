"""What runs, as rows: deployments are queued here, looked at here, and told to edges that ask."""

import socket
from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from thakur.accounts import Principal
from thakur.builds import ArtifactReady, Builds, with_settings
from thakur.db import Database, fits
from thakur.logs import Entry, Level, Logs
from thakur.projects import PRODUCTION, Projects, ProjectStatus
from thakur.queue import ROLLOUTS, Queue
from thakur.runtime.deployments.addresses import Addresses
from thakur.runtime.deployments.rows import deployment_of, plain
from thakur.runtime.deployments.snapshots import EnvSnapshots
from thakur.runtime.deployments.store import DeploymentStore, Wanted
from thakur.runtime.interface import (
    REPLICA_CPUS,
    REPLICA_MEMORY_BYTES,
    REPLICA_PROCESSES,
    Deployment,
    DeploymentNotFound,
    DeploymentsSought,
    HealthCheck,
    Order,
)
from thakur.runtime.models import DeploymentRow
from thakur.runtime.rollouts.interrupts import Interrupts
from thakur.runtime.statuses import DeploymentStatus, Reason

MEGABYTE = 1024 * 1024

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list


class LocalRuntime:
    """Implements Runtime, Assignments and builds.ArtifactConsumer on the database."""

    def __init__(
        self,
        db: Database,
        projects: Projects,
        builds: Builds,
        logs: Logs,
        queue: Queue,
        addresses: Addresses,
        interrupts: Interrupts,
        snapshots: EnvSnapshots,
    ) -> None:
        self.store = DeploymentStore(db)
        self._projects = projects
        self._builds = builds
        self._logs = logs
        self._queue = queue
        self._addresses = addresses
        self._interrupts = interrupts
        self._snapshots = snapshots

    async def artifact_ready(self, ready: ArtifactReady) -> None:
        environments = await self._projects.environments(ready.project_id)
        if ready.environment_id not in [each.id for each in environments]:
            return
        if (await self._projects.by_id(ready.project_id)).status is ProjectStatus.ACTIVE:
            await self.queue_up(
                Wanted(
                    project_id=ready.project_id,
                    environment_id=ready.environment_id,
                    number=ready.number,
                    artifact_id=ready.artifact_id,
                    build_id=ready.build_id,
                    log_stream_id=ready.log_stream_id,
                    branch=ready.branch,
                    requested_by=ready.requested_by,
                    reason=Reason.DEPLOY,
                ),
            )

    async def queue_up(self, wanted: Wanted) -> None:
        """Make a deployment, once, with the env vars and the settings of now; what it displaces is told so."""
        snapshot = await self._snapshots.take(wanted.project_id, wanted.environment_id, wanted.number)
        settings = await self._projects.settings(wanted.project_id)
        artifact = await self._builds.artifact(wanted.project_id, wanted.artifact_id)
        wanted = msgspec.structs.replace(
            wanted, env_snapshot=snapshot, plan=wanted.plan or plain(artifact.plan), settings=plain(settings)
        )
        displaced = await self.store.add(wanted)
        for one in displaced:
            await self._logs.append(
                one.log_stream_id, [Entry("A newer deployment took this one's place.", Level.DEPLOY)]
            )
        # After the line, because a rollout that is broken off ends its log.
        self._interrupts.interrupt(one.id for one in displaced)
        await self._queue.wake(ROLLOUTS)

    async def get(self, principal: Principal, project_id: int, number: int) -> Deployment:
        del principal  # `projects` has filtered by team; this is filtered by project
        found = await self._deployments(
            select(DeploymentRow).where(DeploymentRow.project_id == project_id, DeploymentRow.number == number),
        )
        if not found:
            raise DeploymentNotFound(f"There is no deployment #{number}")
        return found[0]

    async def list(
        self,
        principal: Principal,
        project_id: int,
        limit: int = 50,
        before: int | None = None,
        sought: DeploymentsSought | None = None,
    ) -> list[Deployment]:
        del principal
        statement = select(DeploymentRow).where(
            DeploymentRow.project_id == project_id, *_meant(sought or DeploymentsSought())
        )
        if before is not None:
            statement = statement.where(DeploymentRow.number < before)
        return await self._deployments(statement.order_by(DeploymentRow.number.desc()).limit(limit))

    async def active(self, principal: Principal, project_ids: Sequence[int]) -> dict[int, Deployment]:
        del principal
        found = await self._deployments(
            select(DeploymentRow).where(
                DeploymentRow.project_id.in_(project_ids),
                DeploymentRow.status == DeploymentStatus.ACTIVE,
            ),
        )
        return {deployment.project_id: deployment for deployment in found if deployment.environment == PRODUCTION}

    async def live(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        del principal
        is_live = DeploymentRow.status == DeploymentStatus.ACTIVE
        found = await self._deployments(
            select(DeploymentRow).where(DeploymentRow.environment_id.in_(environment_ids), is_live)
        )
        return {deployment.environment_id: deployment for deployment in found}

    async def newest(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        del principal
        ids = func.unnest(cast(list_of(environment_ids), ARRAY(BigInteger)))
        asked = ids.table_valued("id", name="asked").render_derived()
        # By the index on environment and number: one look an environment, however many deployments it has had.
        its = select(DeploymentRow.id).where(DeploymentRow.environment_id == asked.c.id)
        highest = its.order_by(DeploymentRow.number.desc()).limit(1).lateral("highest")
        newest = select(highest.c.id).select_from(asked).join(highest, true())
        found = await self._deployments(select(DeploymentRow).where(DeploymentRow.id.in_(newest)))
        return {deployment.environment_id: deployment for deployment in found}

    async def runtime_stream(self, principal: Principal, project_id: int, environment: str) -> int:
        del principal
        found = await self._projects.environment(project_id, environment)
        return await self._logs.open_runtime(project_id, found.id)

    async def join(self, name: str) -> int:
        return await self.store.register_edge(name)

    async def join_here(self) -> int:
        """The id of this host's edge."""
        return await self.join(socket.gethostname())

    async def assigned(self, edge_id: int) -> list_of[Order]:
        del edge_id  # every edge runs everything until projects are placed
        found = await self._deployments(
            select(DeploymentRow).where(DeploymentRow.status == DeploymentStatus.ACTIVE).order_by(DeploymentRow.id),
        )
        return [await self.order(deployment) for deployment in found]

    async def by_id(self, deployment_id: int) -> Deployment:
        """For the rollout, which acts for nobody. Raises DeploymentNotFound."""
        found = await self._deployments(select(DeploymentRow).where(DeploymentRow.id == deployment_id))
        if not found:
            raise DeploymentNotFound(f"There is no deployment of id {deployment_id}")
        return found[0]

    async def active_in(self, environment_id: int) -> Deployment | None:
        """What is live in the environment, if anything is."""
        found = await self._deployments(
            select(DeploymentRow).where(
                DeploymentRow.environment_id == environment_id,
                DeploymentRow.status == DeploymentStatus.ACTIVE,
            ),
        )
        return found[0] if found else None

    async def order(self, deployment: Deployment) -> Order:
        """All that an edge needs to run it."""
        place = (await self._projects.places([deployment.environment_id]))[deployment.environment_id]
        artifact = await self._builds.artifact(deployment.project_id, deployment.artifact_id)
        plan = with_settings(deployment.plan or artifact.plan, deployment.settings)
        return Order(
            deployment_id=deployment.id,
            project_id=deployment.project_id,
            project=place.project,
            environment_id=deployment.environment_id,
            number=deployment.number,
            digest=artifact.digest,
            plan=plan,
            hosts=self._addresses.hosts(place.project, place.label),
            runtime_stream_id=await self._logs.open_runtime(deployment.project_id, deployment.environment_id),
            env=dict(await self._snapshots.open(deployment.id)),
            health=HealthCheck(path=plan.health_path),
            memory_bytes=plan.limits.memory_mb * MEGABYTE if plan.limits.memory_mb else REPLICA_MEMORY_BYTES,
            cpus=plan.limits.cpus or REPLICA_CPUS,
            processes=plan.limits.processes or REPLICA_PROCESSES,
        )

    async def _deployments(self, statement: Select[DeploymentRow]) -> list_of[Deployment]:
        rows = await self.store.rows(statement)
        places = await self._projects.places([row.environment_id for row in rows])
        return [
            deployment_of(row, self._addresses.url(place.project, place.label), place.label)
            for row in rows
            if (place := places.get(row.environment_id)) is not None
        ]


def _meant(sought: DeploymentsSought) -> list[ColumnElement[bool]]:
    found: list_of[ColumnElement[bool]] = []
    if sought.environment_ids is not None:
        found.append(DeploymentRow.environment_id.in_(sought.environment_ids))
    if sought.status is not None:
        found.append(DeploymentRow.status == sought.status)
    if sought.branch:
        found.append(fits(DeploymentRow.branch, sought.branch))
    return found
