"""The SQL of deployments, activations and edges: every status moves by one guarded UPDATE."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from thakur.builds import ArtifactReady, Failure, Step
from thakur.db import Database
from thakur.runtime.interface import Deployment, DeploymentStatus
from thakur.runtime.models import ActivationRow, DeploymentEdgeRow, DeploymentRow, EdgeRow

S = DeploymentStatus
ROLLING_OUT = (S.STARTING, S.CHECKING)
UNFINISHED = (S.QUEUED, *ROLLING_OUT)


class DeploymentStore:
    """Deployments as rows. A method that moves a status tells whether it did."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, ready: ArtifactReady) -> list[int]:
        """Queue a deployment for a build, once; older ones still waiting in that environment are superseded.

        An artifact older than what was deployed since is superseded from the start. Returns the log streams of those
        that were superseded now.
        """
        async with self._db.session() as session:
            newest = await session.scalar(
                select(func.max(DeploymentRow.number)).where(DeploymentRow.environment_id == ready.environment_id),
            )
            is_outdated = newest is not None and newest > ready.number
            deployment_id = await session.scalar(
                insert(DeploymentRow)
                .values(
                    project_id=ready.project_id,
                    environment_id=ready.environment_id,
                    number=ready.number,
                    status=S.SUPERSEDED if is_outdated else S.QUEUED,
                    artifact_id=ready.artifact_id,
                    build_id=ready.build_id,
                    log_stream_id=ready.log_stream_id,
                    requested_by=ready.requested_by,
                    finished_at=_now() if is_outdated else None,
                )
                .on_conflict_do_nothing()
                .returning(DeploymentRow.id),
            )
            if deployment_id is None or is_outdated:
                return [ready.log_stream_id] if is_outdated else []
            superseded = await session.scalars(
                update(DeploymentRow)
                .where(
                    DeploymentRow.environment_id == ready.environment_id,
                    DeploymentRow.status == S.QUEUED,
                    DeploymentRow.number < ready.number,
                )
                .values(status=S.SUPERSEDED, finished_at=_now())
                .returning(DeploymentRow.log_stream_id),
            )
            return list(superseded)

    async def claim(self, worker: str) -> int | None:
        """Move the longest waiting deployment whose environment has no rollout to `starting`; its id, or None."""
        other = aliased(DeploymentRow)
        waiting = (
            select(DeploymentRow.id)
            .where(
                DeploymentRow.status == S.QUEUED,
                ~exists().where(
                    and_(other.environment_id == DeploymentRow.environment_id, other.status.in_(ROLLING_OUT)),
                ),
            )
            .order_by(DeploymentRow.created_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        try:
            async with self._db.session() as session:
                claimed: int | None = await session.scalar(
                    update(DeploymentRow)
                    .where(DeploymentRow.id == waiting.scalar_subquery(), DeploymentRow.status == S.QUEUED)
                    .values(
                        status=S.STARTING,
                        attempt=DeploymentRow.attempt + 1,
                        worker=worker,
                        started_at=_now(),
                        steps=[],
                    )
                    .returning(DeploymentRow.id),
                )
                return claimed
        except IntegrityError:
            # Another rollout of that environment began between our look and our move; the next wake tries again.
            return None

    async def move(self, deployment_id: int, origin: DeploymentStatus, to: DeploymentStatus) -> bool:
        """Move the status from `origin` to `to`; False when it was something else."""
        async with self._db.session() as session:
            moved = await session.execute(
                update(DeploymentRow)
                .where(DeploymentRow.id == deployment_id, DeploymentRow.status == origin)
                .values(status=to)
                .returning(DeploymentRow.id),
            )
            return moved.scalar() is not None

    async def fail(self, deployment_id: int, failure: Failure, steps: Sequence[Step]) -> bool:
        """End a rollout as `failed`."""
        async with self._db.session() as session:
            moved = await session.execute(
                update(DeploymentRow)
                .where(DeploymentRow.id == deployment_id, DeploymentRow.status.in_(UNFINISHED))
                .values(
                    status=S.FAILED,
                    failure=msgspec.to_builtins(failure),
                    steps=msgspec.to_builtins(steps),
                    finished_at=_now(),
                )
                .returning(DeploymentRow.id),
            )
            return moved.scalar() is not None

    async def activate(self, deployment: Deployment, steps: Sequence[Step], reason: str) -> list[int] | None:
        """Close the open activation and open this deployment's, in one transaction.

        Returns the ids of deployments that were active until now, or None when the deployment is not `checking` any more.
        """
        async with self._db.session() as session:
            moved = await session.scalar(
                update(DeploymentRow)
                .where(DeploymentRow.id == deployment.id, DeploymentRow.status == S.CHECKING)
                .values(status=S.ACTIVE, steps=msgspec.to_builtins(steps), failure=None, finished_at=_now())
                .returning(DeploymentRow.id),
            )
            if moved is None:
                return None
            await _retire_standby(session, deployment.environment_id)
            replaced = await session.scalars(
                update(DeploymentRow)
                .where(
                    DeploymentRow.environment_id == deployment.environment_id,
                    DeploymentRow.status == S.ACTIVE,
                    DeploymentRow.id != deployment.id,
                )
                .values(status=S.STANDBY)
                .returning(DeploymentRow.id),
            )
            await _open_activation(session, deployment, reason)
            return list(replaced)

    async def mark_on_edge(self, deployment_id: int, edge_id: int, status: str) -> None:
        """Keep what an edge was last known to make of a deployment."""
        async with self._db.session() as session:
            statement = insert(DeploymentEdgeRow).values(deployment_id=deployment_id, edge_id=edge_id, status=status)
            await session.execute(
                statement.on_conflict_do_update(
                    index_elements=[DeploymentEdgeRow.deployment_id, DeploymentEdgeRow.edge_id],
                    set_={"status": status, "updated_at": func.now()},
                ),
            )

    async def requeue_unfinished(self) -> int:
        """Queue again what a dead process left in the middle; returns how many."""
        async with self._db.session() as session:
            moved = await session.scalars(
                update(DeploymentRow)
                .where(DeploymentRow.status.in_(ROLLING_OUT))
                .values(status=S.QUEUED, worker=None)
                .returning(DeploymentRow.id),
            )
            return len(moved.all())

    async def cancel_project(self, project_id: int) -> None:
        """End every rollout of a project that is being deleted."""
        async with self._db.session() as session:
            await session.execute(
                update(DeploymentRow)
                .where(DeploymentRow.project_id == project_id, DeploymentRow.status.in_(UNFINISHED))
                .values(status=S.CANCELED, finished_at=_now()),
            )

    async def rows(self, statement: Select[DeploymentRow]) -> Sequence[DeploymentRow]:
        async with self._db.session() as session:
            return (await session.scalars(statement)).all()

    async def register_edge(self, name: str) -> int:
        """The id of the edge of that name, made if it is new."""
        async with self._db.session() as session:
            statement = insert(EdgeRow).values(name=name, seen_at=_now())
            row: Row[Any] = (
                await session.execute(
                    statement.on_conflict_do_update(
                        index_elements=[EdgeRow.name],
                        set_={"seen_at": statement.excluded.seen_at},
                    ).returning(EdgeRow.id),
                )
            ).one()
            return int(row.id)


async def _retire_standby(session: AsyncSession, environment_id: int) -> None:
    await session.execute(
        update(DeploymentRow)
        .where(DeploymentRow.environment_id == environment_id, DeploymentRow.status == S.STANDBY)
        .values(status=S.RETIRED),
    )


async def _open_activation(session: AsyncSession, deployment: Deployment, reason: str) -> None:
    await session.execute(
        update(ActivationRow)
        .where(ActivationRow.environment_id == deployment.environment_id, ActivationRow.ended_at.is_(None))
        .values(ended_at=func.now()),
    )
    session.add(
        ActivationRow(
            environment_id=deployment.environment_id,
            deployment_id=deployment.id,
            actor=deployment.requested_by,
            reason=reason,
        ),
    )


def deployment_of(row: DeploymentRow, url: str, environment: str) -> Deployment:
    """The row as the rest of Thakur sees it."""
    return Deployment(
        id=row.id,
        project_id=row.project_id,
        environment_id=row.environment_id,
        environment=environment,
        number=row.number,
        status=DeploymentStatus(row.status),
        artifact_id=row.artifact_id,
        build_id=row.build_id,
        log_stream_id=row.log_stream_id,
        url=url,
        steps=tuple(msgspec.convert(row.steps, list[Step])),
        failure=msgspec.convert(row.failure, Failure | None),
        requested_by=row.requested_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _now() -> datetime:
    return datetime.now(UTC)
