"""Deployments as rows, for those who ask: queued, brought back, canceled, looked at. Every status moves by a guarded UPDATE."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from thakur.accounts import Principal
from thakur.db import Database
from thakur.runtime.deployments.rows import plain
from thakur.runtime.interface import STANDBY, RolloutFailure
from thakur.runtime.models import ActivationRow, DeploymentRow, EdgeRow
from thakur.runtime.statuses import DeploymentStatus, Reason

S = DeploymentStatus
ROLLING_OUT = (S.STARTING, S.CHECKING)
UNFINISHED = (S.QUEUED, *ROLLING_OUT)
ONCE_ACTIVE = (S.STANDBY, S.RETIRED)
# The database's clock, not a host's; and not the moment at which a transaction began.
NOW = func.clock_timestamp()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment to be made; one without a build is a redeploy."""

    project_id: int
    environment_id: int
    number: int
    artifact_id: int
    build_id: int | None
    log_stream_id: int
    branch: str = ""
    plan: dict[str, Any] | None = None
    settings: dict[str, Any] = {}
    env_snapshot: bytes | None = None
    requested_by: str
    user_id: int | None = None
    reason: Reason


class Displaced(msgspec.Struct, frozen=True):
    """A deployment that had to give way before it was active."""

    id: int
    log_stream_id: int


class DeploymentStore:
    """What is asked of deployments. A lease, if there is none yet, makes a worker put an ended one's edges and log in order."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, wanted: Wanted) -> list[Displaced]:
        """Queue a deployment, once; returns those that give way, itself among them if a later build's was there first.

        A comeback is a person's wish and is over in seconds: it is waited for.
        """
        async with self._db.session() as session:
            is_outdated = await _is_outdated(session, wanted)
            values = msgspec.structs.asdict(wanted) | {"actor": wanted.requested_by}
            if is_outdated:
                values |= {"status": S.SUPERSEDED, "finished_at": NOW, "lease_until": NOW}
            deployment_id = await session.scalar(
                insert(DeploymentRow).values(values).on_conflict_do_nothing().returning(DeploymentRow.id),
            )
            if deployment_id is None:
                return []
            if is_outdated:
                return [Displaced(deployment_id, wanted.log_stream_id)]
            older = and_(DeploymentRow.id < deployment_id, DeploymentRow.returns_to.is_(None))
            return await _end(session, _unfinished_in(wanted.environment_id) & older, S.SUPERSEDED)

    async def bring_back(self, deployment_id: int, principal: Principal) -> list[Displaced] | None:
        """Move a deployment that was active once to `starting`; returns those that give way.

        None when it was no longer `standby` or `retired`, or when another rollout began in the same moment.
        """
        try:
            async with self._db.session() as session:
                row = await session.scalar(
                    select(DeploymentRow)
                    .where(DeploymentRow.id == deployment_id, DeploymentRow.status.in_(ONCE_ACTIVE))
                    .with_for_update(),
                )
                if row is None:
                    return None
                displaced = await _end(session, _unfinished_in(row.environment_id), S.SUPERSEDED)
                row.returns_to, row.status = row.status, S.STARTING
                row.reason, row.actor, row.user_id = Reason.ROLLBACK, principal.actor, principal.user_id
                row.steps, row.failure, row.finished_at = [], None, None
                return displaced
        except IntegrityError:
            return None

    async def ask_restart(self, deployment_id: int) -> bool:
        """Note that an active deployment is to be restarted; also true when that is noted already."""
        return await self._update(
            and_(DeploymentRow.id == deployment_id, DeploymentRow.status == S.ACTIVE),
            restart_requested_at=func.coalesce(DeploymentRow.restart_requested_at, NOW),
        )

    async def cancel(self, deployment_id: int) -> bool:
        """End a rollout that has not switched yet; False when there is none."""
        async with self._db.session() as session:
            is_it = and_(DeploymentRow.id == deployment_id, DeploymentRow.status.in_(UNFINISHED))
            return bool(await _end(session, is_it, S.CANCELED))

    async def cancel_restart(self, deployment_id: int, failure: RolloutFailure) -> bool:
        """End a restart that has not switched yet; False when there is none."""
        is_asked = and_(DeploymentRow.status == S.ACTIVE, DeploymentRow.restart_requested_at.is_not(None))
        return await self._update(
            and_(DeploymentRow.id == deployment_id, is_asked),
            restart_requested_at=None,
            failure=plain(failure),
            lease_until=func.coalesce(DeploymentRow.lease_until, NOW),
        )

    async def cancel_project(self, project_id: int, environment_id: int | None = None) -> list[Displaced]:
        """End every rollout of a project, or of one environment, that is being deleted."""
        async with self._db.session() as session:
            its = _of(project_id, environment_id) & DeploymentRow.status.in_(UNFINISHED)
            return await _end(session, its, S.CANCELED)

    async def retire_all(self, environment_id: int) -> None:
        """Nothing is live there any more, and nothing is kept ready."""
        async with self._db.session() as session:
            ready = and_(
                DeploymentRow.environment_id == environment_id, DeploymentRow.status.in_((S.ACTIVE, S.STANDBY))
            )
            await session.execute(update(DeploymentRow).where(ready).values(status=S.RETIRED))
            is_open = and_(ActivationRow.environment_id == environment_id, ActivationRow.ended_at.is_(None))
            await session.execute(update(ActivationRow).where(is_open).values(ended_at=NOW))

    async def held(self, project_id: int, environment_id: int | None = None) -> list[int]:
        """The deployments there that a worker rolls out or restarts, or has not put in order yet."""
        async with self._db.session() as session:
            is_held = _of(project_id, environment_id) & DeploymentRow.lease_until.is_not(None)
            return list(await session.scalars(select(DeploymentRow.id).where(is_held)))

    async def retire_old_standby(self) -> int:
        """Retire what has been `standby` for a day; returns how many."""
        is_recent = (
            select(ActivationRow.id)
            .where(ActivationRow.deployment_id == DeploymentRow.id, ActivationRow.ended_at > NOW - STANDBY)
            .exists()
        )
        async with self._db.session() as session:
            moved = await session.scalars(
                update(DeploymentRow)
                .where(DeploymentRow.status == S.STANDBY, ~is_recent)
                .values(status=S.RETIRED)
                .returning(DeploymentRow.id),
            )
            return len(moved.all())

    async def rows(self, statement: Select[DeploymentRow]) -> Sequence[DeploymentRow]:
        async with self._db.session() as session:
            # A snapshot is opened one by one, by whoever starts replicas; a list of them would be megabytes.
            told = statement.options(defer(DeploymentRow.env_snapshot, raiseload=True))
            return (await session.scalars(told)).all()

    async def register_edge(self, name: str) -> int:
        """The id of the edge of that name, made if it is new."""
        async with self._db.session() as session:
            statement = insert(EdgeRow).values(name=name, seen_at=NOW)
            row: Row[Any] = (
                await session.execute(
                    statement.on_conflict_do_update(
                        index_elements=[EdgeRow.name],
                        set_={"seen_at": statement.excluded.seen_at},
                    ).returning(EdgeRow.id),
                )
            ).one()
            return int(row.id)

    async def _update(self, which: ColumnElement[bool], **values: Any) -> bool:
        async with self._db.session() as session:
            updated = update(DeploymentRow).where(which).values(values).returning(DeploymentRow.id)
            return await session.scalar(updated) is not None


async def _is_outdated(session: AsyncSession, wanted: Wanted) -> bool:
    # The numbers of builds are the order of commits; a redeploy's number says nothing of its artifact's age.
    if wanted.build_id is None:
        return False
    newest: int | None = await session.scalar(
        select(func.max(DeploymentRow.number)).where(
            DeploymentRow.environment_id == wanted.environment_id,
            DeploymentRow.build_id.is_not(None),
        ),
    )
    return newest is not None and newest > wanted.number


def _of(project_id: int, environment_id: int | None) -> ColumnElement[bool]:
    is_its = DeploymentRow.project_id == project_id
    return is_its if environment_id is None else and_(is_its, DeploymentRow.environment_id == environment_id)


def _unfinished_in(environment_id: int) -> ColumnElement[bool]:
    return and_(DeploymentRow.environment_id == environment_id, DeploymentRow.status.in_(UNFINISHED))


async def _end(session: AsyncSession, which: ColumnElement[bool], status: DeploymentStatus) -> list[Displaced]:
    ended = await session.execute(
        update(DeploymentRow)
        .where(which)
        .values(
            status=func.coalesce(DeploymentRow.returns_to, status),
            returns_to=None,
            finished_at=NOW,
            lease_until=func.coalesce(DeploymentRow.lease_until, NOW),
        )
        .returning(DeploymentRow.id, DeploymentRow.log_stream_id),
    )
    return [Displaced(deployment_id, log_stream_id) for deployment_id, log_stream_id in ended]
