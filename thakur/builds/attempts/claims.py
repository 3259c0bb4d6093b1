"""Claims: which worker runs which build, by a lease; an attempt's number fences every write of it."""

from collections.abc import Collection
from datetime import timedelta
from functools import cache

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from thakur.builds.attempts.attempt import Attempt, Outcome
from thakur.builds.interface import Build, Failure
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.rows import build_of, plain
from thakur.builds.statuses import BuildStatus
from thakur.db import Database

LEASE = timedelta(seconds=8)
# Builds of an environment that two workers want in the same moment: one of them looks again.
CLAIM_LOOKS = 5

S = BuildStatus
# The database's clock, not a host's; and not the moment at which a transaction began.
NOW = func.clock_timestamp()


def is_in(status: BuildStatus, row: type[BuildRow] = BuildRow) -> ColumnElement[bool]:
    """Whether the row has that status, said so that a prepared statement may use the indexes of that status alone."""
    return row.status == literal_column(f"'{status}'")


class Claims:
    """The builds of one worker; `worker` is its name, the same after a restart on this host and data directory."""

    def __init__(self, db: Database, worker: str) -> None:
        self._db = db
        self.worker = worker

    async def claim(self) -> Build | None:
        """Take a queued build whose environment runs none; None when there is nothing to do.

        Those that had begun go first, then the project whose last build began longest ago, of it its oldest environment.
        """
        for _ in range(CLAIM_LOOKS):
            try:
                return await self._claim()
            except IntegrityError:
                # Another worker began a build of the same environment between our look and our move.
                continue
        return None

    async def renew(self, attempts: Collection[Attempt]) -> frozenset[int]:
        """Hold on to them for another lease, and tell how far they are; returns the ids of those that are still held."""
        held: set[int] = set()
        async with self._db.session() as session:
            for attempt in sorted(attempts, key=lambda attempt: attempt.build.id):
                renewed = (
                    update(BuildRow)
                    .where(_held(attempt.build))
                    .values(
                        lease_until=NOW + LEASE,
                        source=plain(attempt.build.source),
                        steps=plain(attempt.progress()),
                        plan=None if attempt.plan is None else plain(attempt.plan),
                    )
                )
                held.update(await session.scalars(renewed.returning(BuildRow.id)))
        return frozenset(held)

    async def ended(self, build: Build) -> Build | None:
        """The build, if this attempt is its last and its log and its upload wait for this worker; else None."""
        async with self._db.session() as session:
            row = await session.scalar(
                select(BuildRow).where(
                    _of(build),
                    BuildRow.worker == self.worker,
                    BuildRow.status.not_in((S.QUEUED, S.RUNNING)),
                    BuildRow.lease_until.is_not(None),
                )
            )
            return None if row is None else build_of(row)

    async def finish(self, attempt: Attempt, outcome: Outcome) -> Build | None:
        """`succeeded`, with its artifact; None when the build was no longer held. May be called twice."""
        build = attempt.build
        async with self._db.session() as session:
            artifact_id = await _keep_artifact(session, build, outcome)
            done = await session.scalar(
                update(BuildRow)
                .where(_held(build))
                .values(
                    status=S.SUCCEEDED,
                    artifact_id=artifact_id,
                    source=plain(build.source),
                    plan=plain(outcome.plan),
                    steps=plain(outcome.steps),
                    inputs_digest=attempt.inputs_digest,
                    finished_at=NOW,
                    lease_until=None,
                )
                .returning(BuildRow)
            )
            if done is None:
                # The connection may have been lost after the commit and before its answer.
                done = await session.scalar(select(BuildRow).where(_of(build), BuildRow.status == S.SUCCEEDED))
            return None if done is None else build_of(done)

    async def fail(self, attempt: Attempt, failure: Failure) -> bool:
        """`failed`; whether the build was still held. Its log and its upload are this worker's to put in order."""
        values = {
            "status": S.FAILED,
            "failure": plain(failure),
            "source": plain(attempt.build.source),
            "plan": None if attempt.plan is None else plain(attempt.plan),
            "steps": plain(attempt.steps),
            "finished_at": NOW,
            "lease_until": NOW + LEASE,
        }
        return await self._move(attempt.build, values)

    async def release(self, build: Build) -> bool:
        """Back to `queued`, because the worker ends; whether the build was still held."""
        return await self._move(build, {"status": S.QUEUED, "worker": None, "lease_until": None})

    async def announced(self, build: Build) -> None:
        """Remember that the consumer has heard of its artifact."""
        async with self._db.session() as session:
            heard = update(BuildRow).where(_of(build), BuildRow.status == S.SUCCEEDED)
            await session.execute(heard.values(announced_at=NOW))

    async def _claim(self) -> Build | None:
        claimed = (
            update(BuildRow)
            .where(BuildRow.id == _next_id(), is_in(S.QUEUED))
            .values(
                status=S.RUNNING,
                attempt=BuildRow.attempt + 1,
                worker=self.worker,
                lease_until=NOW + LEASE,
                started_at=func.coalesce(BuildRow.started_at, NOW),
            )
            .returning(BuildRow)
        )
        async with self._db.session() as session:
            row = await session.scalar(claimed, execution_options={"synchronize_session": False})
            return None if row is None else build_of(row)

    async def _move(self, build: Build, values: dict[str, object]) -> bool:
        async with self._db.session() as session:
            moved = await session.scalar(update(BuildRow).where(_held(build)).values(values).returning(BuildRow.id))
        return moved is not None


@cache
def _next_id() -> ColumnElement[int]:
    waiting = select(BuildRow.project_id).where(is_in(S.QUEUED)).distinct().subquery()
    earlier, other = aliased(BuildRow), aliased(BuildRow)
    last_start = select(func.max(earlier.started_at)).where(earlier.project_id == waiting.c.project_id)
    turns = select(waiting.c.project_id, last_start.scalar_subquery().label("last_started_at")).cte("turns")
    # Looked up once a project, not once a build.
    turns = turns.prefix_with("MATERIALIZED")
    is_free = ~exists().where(other.environment_id == BuildRow.environment_id, is_in(S.RUNNING, other))
    return (
        select(BuildRow.id)
        .join(turns, turns.c.project_id == BuildRow.project_id)
        .where(is_in(S.QUEUED), is_free)
        .order_by(
            BuildRow.started_at.is_(None),
            turns.c.last_started_at.nulls_first(),
            # A project's oldest environment is production: it does not wait for twenty previews.
            BuildRow.environment_id,
            BuildRow.created_at,
            BuildRow.id,
        )
        .limit(1)
        .with_for_update(skip_locked=True, of=BuildRow)
        .scalar_subquery()
    )


async def _keep_artifact(session: AsyncSession, build: Build, outcome: Outcome) -> int:
    made = insert(ArtifactRow).values(
        project_id=build.project_id,
        digest=outcome.packed.digest,
        size_bytes=outcome.packed.size_bytes,
        files=outcome.packed.files,
        plan=plain(outcome.artifact_plan),
    )
    # The same content by a newer plan: how it is served is what the newest detection says.
    kept = made.on_conflict_do_update(
        index_elements=[ArtifactRow.project_id, ArtifactRow.digest],
        set_={"plan": made.excluded.plan, "size_bytes": made.excluded.size_bytes, "removed_at": None},
    ).returning(ArtifactRow.id)
    artifact_id = await session.scalar(kept)
    assert artifact_id is not None
    return artifact_id


def _of(build: Build) -> ColumnElement[bool]:
    return and_(BuildRow.id == build.id, BuildRow.attempt == build.attempt)


def _held(build: Build) -> ColumnElement[bool]:
    return and_(_of(build), BuildRow.status == S.RUNNING)
