"""Builds, as rows: asked for, looked at, and forgotten with their project."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, cast, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from thakur.accounts import Action, Principal
from thakur.builds.asked import GitSource, Source, Upload
from thakur.builds.attempts.claims import LEASE, NOW
from thakur.builds.attempts.endings import Endings
from thakur.builds.interface import (
    Artifact,
    ArtifactNeeds,
    ArtifactNotFound,
    Build,
    BuildEnded,
    BuildNotFound,
    BuildsRunning,
    BuildsSought,
)
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.packing.artifacts import LocalArtifacts
from thakur.builds.packing.removal import Removal
from thakur.builds.rows import artifact_of, build_of, plain
from thakur.builds.sources.uploads import Uploads
from thakur.builds.statuses import BuildStatus
from thakur.builds.workspaces.directories import Workspaces
from thakur.db import Database, DatabaseUnavailable, fits
from thakur.git import GitRules, check_ref, check_url, folder_of
from thakur.logs import Logs
from thakur.projects import PRODUCTION, Projects, Repositories, RepositoryMissing, is_fork
from thakur.queue import BUILDS, Queue

# A page of the API, and one more that tells of the next.
LONGEST_LIST = 501

log = logging.getLogger(__name__)

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list


class LocalBuilds:
    """Implements Builds and projects.DeletionConsumer on the database and this host's disk."""

    def __init__(
        self,
        db: Database,
        projects: Projects,
        logs: Logs,
        queue: Queue,
        uploads: Uploads,
        workspaces: Workspaces,
        artifacts: LocalArtifacts,
        repositories: Repositories,
        rules: GitRules,
    ) -> None:
        self._db = db
        self._projects = projects
        self._logs = logs
        self._queue = queue
        self._uploads = uploads
        self._workspaces = workspaces
        self._artifacts = artifacts
        self._repositories = repositories
        self._rules = rules
        self._endings = Endings(db, logs, uploads)

    async def request(
        self,
        principal: Principal,
        project_id: int,
        upload: Upload,
        body: AsyncIterator[bytes],
    ) -> Build:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        received = await self._uploads.receive(project_id, body)
        source = Source(
            digest=received.digest,
            size_bytes=received.size_bytes,
            folder=upload.folder,
            commit=upload.commit,
            message=upload.message,
            is_fresh=upload.is_fresh,
        )
        return await self._ask(principal, project_id, source)

    async def request_git(
        self, principal: Principal, project_id: int, asked: GitSource, environment: str = PRODUCTION
    ) -> Build:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        own = (await self._repositories.of([project_id])).get(project_id)
        if not asked.url and own is None:
            raise RepositoryMissing(
                "The project has no repository.",
                hint="Name one: thakur deploy GIT_URL --project NAME.",
                field="git_url",
            )
        url = check_url(asked.url or (own.url if own else ""), self._rules)
        branch = own.branch if own is not None and own.url == url else ""
        await self._uploads.check_free()
        source = Source(
            kind="git",
            url=url,
            ref=check_ref(asked.ref or branch),
            folder=folder_of(url),
            commit=check_ref(asked.commit) if asked.commit else None,
            message=asked.message,
            author=asked.author,
            is_fresh=asked.is_fresh,
            is_pinned=asked.commit is not None,
        )
        return await self._ask(principal, project_id, source, environment)

    async def _ask(self, principal: Principal, project_id: int, source: Source, label: str = PRODUCTION) -> Build:
        environment = await self._projects.environment(project_id, label)
        if is_fork(label):
            source = msgspec.structs.replace(source, is_foreign=True)
        number = await self._projects.take_number(project_id)
        row = BuildRow(
            project_id=project_id,
            environment_id=environment.id,
            number=number,
            source=plain(source),
            requested_by=principal.actor,
            log_stream_id=await self._logs.open_build(project_id, number, environment.id),
        )
        build = await self._queue_up(row)
        log.info("build queued", extra={"build_id": build.id, "project_id": project_id, "number": number})
        return build

    async def cancel(self, principal: Principal, project_id: int, number: int) -> Build:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        async with self._db.session() as session:
            ended = await _end(
                session,
                and_(BuildRow.project_id == project_id, BuildRow.number == number),
                BuildStatus.CANCELED,
                principal.actor,
            )
            self._db.after_commit(session, lambda: self._queue.wake(BUILDS))
        if not ended:
            raise BuildEnded(number, (await self.get(principal, project_id, number)).status)
        await self._close(ended)
        return build_of(ended[0])

    async def get(
        self,
        principal: Principal,  # noqa: ARG002  (the project is the principal's)
        project_id: int,
        number: int,
    ) -> Build:
        async with self._db.session() as session:
            row = await session.scalar(
                select(BuildRow).where(BuildRow.project_id == project_id, BuildRow.number == number)
            )
        if row is None:
            raise BuildNotFound(f"There is no build #{number}.")
        return build_of(row)

    async def list(
        self,
        principal: Principal,  # noqa: ARG002  (the project is the principal's)
        project_id: int,
        limit: int = 50,
        before: int | None = None,
        sought: BuildsSought | None = None,
    ) -> list[Build]:
        query = select(BuildRow).where(BuildRow.project_id == project_id, *_meant(sought or BuildsSought()))
        if before is not None:
            query = query.where(BuildRow.number < before)
        async with self._db.session() as session:
            rows = await session.scalars(
                query.order_by(BuildRow.number.desc()).limit(max(1, min(limit, LONGEST_LIST))),
            )
            return [build_of(row) for row in rows]

    async def newest(
        self,
        principal: Principal,  # noqa: ARG002  (the environments are the principal's)
        environment_ids: Collection[int],
    ) -> dict[int, Build]:
        ids = func.unnest(cast(list_of(environment_ids), ARRAY(BigInteger)))
        asked = ids.table_valued("id", name="asked").render_derived()
        # By the index on environment and number: one look an environment, however many builds it has had.
        its = select(BuildRow).where(BuildRow.environment_id == asked.c.id)
        highest = its.order_by(BuildRow.number.desc()).limit(1).lateral("highest")
        newest = select(aliased(BuildRow, highest)).select_from(asked).join(highest, true())
        async with self._db.session() as session:
            return {row.environment_id: build_of(row) for row in await session.scalars(newest)}

    async def artifact(self, project_id: int, artifact_id: int) -> Artifact:
        async with self._db.session() as session:
            row = await session.scalar(
                select(ArtifactRow).where(ArtifactRow.project_id == project_id, ArtifactRow.id == artifact_id)
            )
        if row is None:
            raise ArtifactNotFound(f"There is no artifact {artifact_id} of this project.")
        return artifact_of(row)

    async def artifact_bytes(self, project_ids: Collection[int]) -> dict[int, int]:
        size = func.sum(ArtifactRow.size_bytes)
        kept = select(ArtifactRow.project_id, size).where(
            ArtifactRow.project_id.in_(project_ids), ArtifactRow.removed_at.is_(None)
        )
        async with self._db.session() as session:
            rows = await session.execute(kept.group_by(ArtifactRow.project_id))
            return {project_id: int(size_bytes) for project_id, size_bytes in rows}

    async def keep_artifacts(self, needs: ArtifactNeeds) -> int:
        return await Removal(self._db, self._artifacts).keep(needs)

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        its = and_(BuildRow.project_id == project_id, BuildRow.environment_id == environment_id)
        if await self._end_all(its):
            raise BuildsRunning("A build of the environment is just being ended.")

    async def _end_all(self, its: ColumnElement[bool]) -> bool:
        """Whether one of them is still held by its worker."""
        async with self._db.session() as session:
            await _end(session, its, BuildStatus.CANCELED, None)
            self._db.after_commit(session, lambda: self._queue.wake(BUILDS))
            is_held = and_(its, BuildRow.worker.is_not(None), BuildRow.lease_until > NOW)
            return await session.scalar(select(BuildRow.id).where(is_held).limit(1)) is not None

    async def project_deleted(self, project_id: int) -> None:
        is_held = await self._end_all(BuildRow.project_id == project_id)
        if is_held or self._workspaces.is_used(project_id):
            raise BuildsRunning("A build of the project is just being ended.")
        await asyncio.to_thread(self._workspaces.remove_project, project_id)
        await asyncio.to_thread(self._uploads.remove_project, project_id)
        await self._artifacts.remove_project(project_id)

    async def _queue_up(self, row: BuildRow) -> Build:
        is_there = BuildRow.environment_id == row.environment_id
        async with self._db.session() as session:
            # Two requests in the same moment: the second one sees the first one's row.
            turn = func.hashtextextended(f"builds of environment {row.environment_id}", 0)
            await session.execute(select(func.pg_advisory_xact_lock(turn)))
            session.add(row)
            await session.flush()
            newest = await session.scalar(select(func.max(BuildRow.number)).where(is_there))
            # That may be another one: who takes a number first need not be the first one here.
            is_older = and_(is_there, BuildRow.number < newest)
            displaced = await _end(session, is_older, BuildStatus.SUPERSEDED, f"#{newest}")
            await session.refresh(row)
            self._db.after_commit(session, lambda: self._queue.wake(BUILDS))
        await self._close(displaced)
        return build_of(row)

    async def _close(self, ended: Sequence[BuildRow]) -> None:
        # A worker that holds one closes it when its processes are gone; the sweep sees to what is not closed here.
        for row in ended:
            if row.worker is None:
                with suppress(DatabaseUnavailable):
                    await self._endings.close(build_of(row))


def _meant(sought: BuildsSought) -> list[ColumnElement[bool]]:
    found: list_of[ColumnElement[bool]] = []
    if sought.environment_ids is not None:
        found.append(BuildRow.environment_id.in_(sought.environment_ids))
    if sought.status is not None:
        found.append(BuildRow.status == sought.status)
    if sought.branch:
        found.append(fits(BuildRow.source["ref"].astext, sought.branch))
    if sought.numbers is not None:
        found.append(BuildRow.number.in_(sought.numbers))
    return found


async def _end(
    session: AsyncSession, which: ColumnElement[bool], status: BuildStatus, ended_by: str | None
) -> Sequence[BuildRow]:
    ended = await session.scalars(
        update(BuildRow)
        .where(which, BuildRow.status.in_((BuildStatus.QUEUED, BuildStatus.RUNNING)))
        .values(
            status=status,
            ended_by=ended_by,
            finished_at=NOW,
            lease_until=func.coalesce(BuildRow.lease_until, NOW + LEASE),
        )
        .returning(BuildRow),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    return list_of(ended)
