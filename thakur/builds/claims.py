"""Claims: which worker runs which build, as guarded moves of the row's status."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from thakur.builds.interface import ArtifactReady, Build, BuildStatus, Failure
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.pipeline import Outcome, Progress
from thakur.builds.rows import build_of, plain
from thakur.db import Database

ATTEMPTS = 3
ANNOUNCE_WITHIN = timedelta(hours=1)


class Claims:
    """The builds of one worker; `worker` is its name, the same after a restart on this host and data directory."""

    def __init__(self, db: Database, worker: str) -> None:
        self._db = db
        self._worker = worker

    async def claim(self) -> Build | None:
        """The oldest queued build whose environment runs none, now `running` here; None when there is nothing to do."""
        other = aliased(BuildRow)
        is_free = ~exists().where(other.environment_id == BuildRow.environment_id, other.status == BuildStatus.RUNNING)
        oldest = (
            select(BuildRow.id)
            .where(BuildRow.status == BuildStatus.QUEUED, is_free)
            .order_by(BuildRow.created_at, BuildRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        claimed = (
            update(BuildRow)
            .where(BuildRow.id == oldest, BuildRow.status == BuildStatus.QUEUED)
            .values(
                status=BuildStatus.RUNNING,
                attempt=BuildRow.attempt + 1,
                worker=self._worker,
                started_at=func.coalesce(BuildRow.started_at, func.now()),
            )
            .returning(BuildRow)
        )
        try:
            async with self._db.session() as session:
                row = await session.scalar(claimed)
                return None if row is None else build_of(row)
        except IntegrityError:
            # Another worker began a build of the same environment between our look and our move.
            return None

    async def is_held(self, build: Build) -> bool:
        """Whether the build is still this attempt's; not after a person canceled it."""
        async with self._db.session() as session:
            return await session.scalar(select(BuildRow.id).where(_held(build))) is not None

    async def finish(self, build: Build, outcome: Outcome) -> ArtifactReady | None:
        """`succeeded`, with its artifact; None when the build was no longer held."""
        async with self._db.session() as session:
            artifact_id = await self._artifact(session, build, outcome)
            done = await session.scalar(
                update(BuildRow)
                .where(_held(build))
                .values(
                    status=BuildStatus.SUCCEEDED,
                    artifact_id=artifact_id,
                    plan=plain(outcome.plan),
                    steps=plain(outcome.steps),
                    finished_at=func.now(),
                )
                .returning(BuildRow)
            )
            return None if done is None else _ready(done)

    async def fail(self, build: Build, failure: Failure, progress: Progress) -> bool:
        """`failed`; whether the build was still held."""
        values = {
            "status": BuildStatus.FAILED,
            "failure": plain(failure),
            "plan": None if progress.plan is None else plain(progress.plan),
            "steps": plain(progress.steps),
            "finished_at": func.now(),
        }
        return await self._move(build, values)

    async def release(self, build: Build) -> bool:
        """Back to `queued`, because the worker ends; whether the build was still held."""
        return await self._move(build, {"status": BuildStatus.QUEUED, "worker": None})

    async def lost(self, running: frozenset[int]) -> list[Build]:
        """Builds that this worker holds but that are not among those it is `running`: an earlier life's."""
        async with self._db.session() as session:
            rows = await session.scalars(
                select(BuildRow).where(
                    BuildRow.status == BuildStatus.RUNNING,
                    BuildRow.worker == self._worker,
                    BuildRow.id.not_in(running),
                )
            )
            return [build_of(row) for row in rows]

    async def unannounced(self) -> list[ArtifactReady]:
        """Builds that succeeded lately and of which the artifact's consumer may not have heard."""
        async with self._db.session() as session:
            rows = await session.scalars(
                select(BuildRow)
                .where(
                    BuildRow.status == BuildStatus.SUCCEEDED,
                    BuildRow.announced_at.is_(None),
                    BuildRow.finished_at > func.now() - ANNOUNCE_WITHIN,
                )
                .order_by(BuildRow.id)
            )
            return [_ready(row) for row in rows]

    async def announced(self, build_id: int) -> None:
        """Remember that the consumer has heard of the build."""
        async with self._db.session() as session:
            await session.execute(update(BuildRow).where(BuildRow.id == build_id).values(announced_at=func.now()))

    async def _artifact(self, session: AsyncSession, build: Build, outcome: Outcome) -> int:
        made = insert(ArtifactRow).values(
            project_id=build.project_id,
            digest=outcome.packed.digest,
            size_bytes=outcome.packed.size_bytes,
            files=outcome.packed.files,
            plan=plain(outcome.plan),
        )
        # The same content by a newer plan: how it is served is what the newest detection says.
        kept = made.on_conflict_do_update(
            index_elements=[ArtifactRow.project_id, ArtifactRow.digest], set_={"plan": made.excluded.plan, "removed_at": None}
        ).returning(ArtifactRow.id)
        artifact_id = await session.scalar(kept)
        assert artifact_id is not None
        return artifact_id

    async def _move(self, build: Build, values: dict[str, object]) -> bool:
        async with self._db.session() as session:
            moved = await session.scalar(update(BuildRow).where(_held(build)).values(values).returning(BuildRow.id))
        return moved is not None


def _held(build: Build) -> ColumnElement[bool]:
    return and_(BuildRow.id == build.id, BuildRow.status == BuildStatus.RUNNING, BuildRow.attempt == build.attempt)


def _ready(row: BuildRow) -> ArtifactReady:
    assert row.artifact_id is not None
    return ArtifactReady(
        project_id=row.project_id,
        environment_id=row.environment_id,
        number=row.number,
        build_id=row.id,
        artifact_id=row.artifact_id,
        log_stream_id=row.log_stream_id,
        requested_by=row.requested_by,
    )
