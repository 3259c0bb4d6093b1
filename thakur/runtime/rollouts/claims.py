"""Claims: which worker rolls out which deployment. A lease and an attempt's number fence every write of a rollout."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from thakur.builds import Step
from thakur.db import Database
from thakur.runtime.deployments.rows import plain
from thakur.runtime.deployments.store import NOW, ROLLING_OUT, UNFINISHED
from thakur.runtime.interface import RolloutFailure
from thakur.runtime.models import ActivationRow, DeploymentRow
from thakur.runtime.statuses import DeploymentStatus

LEASE = timedelta(seconds=8)

S = DeploymentStatus


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a rollout, or at a restart of what is active."""

    deployment_id: int
    environment_id: int
    attempt: int
    is_restart: bool


class Lost(msgspec.Struct, frozen=True):
    """What dead workers held: the log streams of what waits again, and the claims that somebody must settle."""

    waiting: list[int]
    ended: list[Claim]


class Claims:
    """The rollouts of one worker; `worker` is its name, the same after a restart on this host and data directory."""

    def __init__(self, db: Database, worker: str) -> None:
        self._db = db
        self._worker = worker

    async def claim(self) -> Claim | None:
        """Take the longest waiting rollout of an environment in which nobody holds one; None when there is nothing to do."""
        waiting = (
            select(DeploymentRow.id)
            .where(_is_waiting(), _is_free())
            .order_by(DeploymentRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        is_restart = DeploymentRow.status == S.ACTIVE
        claimed = (
            update(DeploymentRow)
            .where(DeploymentRow.id == waiting.scalar_subquery(), DeploymentRow.lease_until.is_(None))
            .values(
                status=case((is_restart, S.ACTIVE), else_=S.STARTING),
                attempt=DeploymentRow.attempt + 1,
                worker=self._worker,
                lease_until=NOW + LEASE,
                started_at=case((is_restart, DeploymentRow.started_at), else_=NOW),
                failure=None,
            )
            .returning(DeploymentRow)
        )
        try:
            async with self._db.session() as session:
                row = await session.scalar(claimed)
        except IntegrityError:
            # Another rollout of that environment began between our look and our move; the next wake tries again.
            return None
        return None if row is None else _claim_of(row)

    async def renew(self, claim: Claim) -> bool:
        """Hold on for another lease; whether it is still wanted, which it is not once somebody ended it.

        A restart is not wanted either when a deployment waits that will start new replicas anyway.
        """
        status = await self._update(claim, lease_until=NOW + LEASE)
        if not claim.is_restart:
            return status in ROLLING_OUT
        async with self._db.session() as session:
            is_asked = and_(_held(claim), DeploymentRow.restart_requested_at.is_not(None), ~_has_successor())
            return await session.scalar(select(DeploymentRow.id).where(is_asked)) is not None

    async def check(self, claim: Claim) -> bool:
        """`starting` → `checking`; False when the rollout is not wanted any more."""
        return await self._update(claim, DeploymentRow.status == S.STARTING, status=S.CHECKING) is not None

    async def activate(self, claim: Claim, steps: Sequence[Step]) -> bool:
        """`checking` → `active`: one transaction closes the open activation and opens this one.

        False when the rollout is not wanted any more. What was active is `standby` now, what was `standby` is `retired`.
        """
        async with self._db.session() as session:
            row = await session.scalar(
                update(DeploymentRow)
                .where(_held(claim), DeploymentRow.status == S.CHECKING)
                .values(status=S.ACTIVE, returns_to=None, steps=plain(steps), failure=None, finished_at=NOW)
                .returning(DeploymentRow),
            )
            if row is None:
                return False
            await _step_back(session, row)
            await _open_activation(session, row)
            return True

    async def fail(self, claim: Claim, failure: RolloutFailure, steps: Sequence[Step]) -> bool:
        """`failed`, or back to where a comeback came from; False when somebody had ended the rollout."""
        is_rolling_out = DeploymentRow.status.in_(ROLLING_OUT)
        moved = await self._update(
            claim,
            is_rolling_out,
            status=func.coalesce(DeploymentRow.returns_to, S.FAILED),
            returns_to=None,
            failure=plain(failure),
            steps=plain(steps),
            finished_at=NOW,
        )
        return moved is not None

    async def fail_restart(self, claim: Claim, failure: RolloutFailure) -> None:
        """Keep why the active deployment has its old replicas still."""
        await self._update(claim, failure=plain(failure))

    async def finish(self, claim: Claim) -> None:
        """Give the claim up: all that follows from its end is done."""
        await self._update(
            claim,
            DeploymentRow.status.not_in(UNFINISHED),
            worker=None,
            lease_until=None,
            restart_requested_at=None,
        )

    async def release(self, claim: Claim) -> None:
        """Give the claim up in the middle, for the next worker: the rollout begins anew."""
        async with self._db.session() as session:
            await session.execute(_released(_held(claim)))

    async def lost(self, running: Collection[int]) -> Lost:
        """Claims whose lease ran out, and this worker's that are not among the deployments it is `running`."""
        is_lost = and_(
            DeploymentRow.lease_until.is_not(None),
            or_(DeploymentRow.lease_until < NOW, DeploymentRow.worker == self._worker),
            DeploymentRow.id.not_in(running),
        )
        is_begun = or_(DeploymentRow.status.in_(UNFINISHED), DeploymentRow.restart_requested_at.is_not(None))
        async with self._db.session() as session:
            released = _released(and_(is_lost, is_begun)).returning(DeploymentRow.log_stream_id)
            waiting = list(await session.scalars(released))
            rows = await session.scalars(select(DeploymentRow).where(is_lost))
            return Lost(waiting, [_claim_of(row) for row in rows])

    async def _update(self, claim: Claim, *conditions: ColumnElement[bool], **values: Any) -> str | None:
        statement = update(DeploymentRow).where(_held(claim), *conditions).values(values)
        async with self._db.session() as session:
            status: str | None = await session.scalar(statement.returning(DeploymentRow.status))
            return status


def _is_waiting() -> ColumnElement[bool]:
    is_asked = DeploymentRow.restart_requested_at.is_not(None)
    return and_(
        DeploymentRow.lease_until.is_(None),
        or_(DeploymentRow.status.in_(UNFINISHED), and_(DeploymentRow.status == S.ACTIVE, is_asked)),
    )


def _is_free() -> ColumnElement[bool]:
    other = aliased(DeploymentRow)
    is_in_the_way = or_(other.status.in_(ROLLING_OUT), other.lease_until.is_not(None))
    return ~exists().where(
        other.environment_id == DeploymentRow.environment_id,
        other.id != DeploymentRow.id,
        is_in_the_way,
    )


def _has_successor() -> ColumnElement[bool]:
    other = aliased(DeploymentRow)
    return exists().where(
        other.environment_id == DeploymentRow.environment_id,
        other.id != DeploymentRow.id,
        other.status.in_(UNFINISHED),
    )


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(
        DeploymentRow.id == claim.deployment_id,
        DeploymentRow.attempt == claim.attempt,
        DeploymentRow.lease_until.is_not(None),
    )


def _released(which: ColumnElement[bool]) -> Any:
    waits_as = case(
        (DeploymentRow.status.not_in(ROLLING_OUT), DeploymentRow.status),
        (DeploymentRow.returns_to.is_not(None), S.STARTING),
        else_=S.QUEUED,
    )
    return update(DeploymentRow).where(which).values(status=waits_as, worker=None, lease_until=None)


def _claim_of(row: DeploymentRow) -> Claim:
    return Claim(
        deployment_id=row.id,
        environment_id=row.environment_id,
        attempt=row.attempt,
        is_restart=row.status == S.ACTIVE and row.restart_requested_at is not None,
    )


async def _step_back(session: AsyncSession, successor: DeploymentRow) -> None:
    others = and_(DeploymentRow.environment_id == successor.environment_id, DeploymentRow.id != successor.id)
    await session.execute(
        update(DeploymentRow).where(others, DeploymentRow.status == S.STANDBY).values(status=S.RETIRED),
    )
    await session.execute(
        update(DeploymentRow)
        .where(others, DeploymentRow.status == S.ACTIVE)
        .values(status=S.STANDBY, restart_requested_at=None),
    )


async def _open_activation(session: AsyncSession, row: DeploymentRow) -> None:
    await session.execute(
        update(ActivationRow)
        .where(ActivationRow.environment_id == row.environment_id, ActivationRow.ended_at.is_(None))
        .values(ended_at=NOW),
    )
    session.add(
        ActivationRow(
            environment_id=row.environment_id,
            deployment_id=row.id,
            actor=row.actor,
            user_id=row.user_id,
            reason=row.reason,
            started_at=NOW,
        ),
    )
