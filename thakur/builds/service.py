"""Builds, as rows: asked for, looked at, and forgotten with their project."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence

from sqlalchemy import func, select, update

from thakur.accounts import Principal
from thakur.builds.artifacts import LocalArtifacts
from thakur.builds.interface import (
    Artifact,
    ArtifactNotFound,
    Build,
    BuildNotFound,
    BuildsRunning,
    BuildStatus,
    Source,
    Upload,
)
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.removal import Removal
from thakur.builds.rows import artifact_of, build_of, plain
from thakur.builds.uploads import Uploads
from thakur.builds.workspaces import Workspaces
from thakur.db import Database
from thakur.logs import Entry, Level, Logs
from thakur.projects import PRODUCTION, Projects
from thakur.queue import BUILDS, Queue

LONGEST_LIST = 200

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
    ) -> None:
        self._db = db
        self._projects = projects
        self._logs = logs
        self._queue = queue
        self._uploads = uploads
        self._workspaces = workspaces
        self._artifacts = artifacts

    async def request(
        self,
        principal: Principal,
        project_id: int,
        upload: Upload,
        body: AsyncIterator[bytes],
    ) -> Build:
        environment = await self._projects.environment(project_id, PRODUCTION)
        received = await self._uploads.receive(project_id, body)
        source = Source(
            digest=received.digest,
            size_bytes=received.size_bytes,
            folder=upload.folder,
            commit=upload.commit,
            message=upload.message,
        )
        number = await self._projects.take_number(project_id)
        row = BuildRow(
            project_id=project_id,
            environment_id=environment.id,
            number=number,
            source=plain(source),
            requested_by=principal.actor,
            log_stream_id=await self._logs.open_build(project_id, number),
        )
        build, superseded = await self._queue_up(row)
        for older in superseded:
            await self._say_superseded(older, build.number)
        return build

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
    ) -> list[Build]:
        query = select(BuildRow).where(BuildRow.project_id == project_id)
        if before is not None:
            query = query.where(BuildRow.number < before)
        async with self._db.session() as session:
            rows = await session.scalars(
                query.order_by(BuildRow.number.desc()).limit(max(1, min(limit, LONGEST_LIST))),
            )
            return [build_of(row) for row in rows]

    async def artifact(self, project_id: int, artifact_id: int) -> Artifact:
        async with self._db.session() as session:
            row = await session.scalar(
                select(ArtifactRow).where(ArtifactRow.project_id == project_id, ArtifactRow.id == artifact_id)
            )
        if row is None:
            raise ArtifactNotFound(f"There is no artifact {artifact_id} of this project.")
        return artifact_of(row)

    async def keep_artifacts(self, artifact_ids: Collection[int]) -> int:
        return await Removal(self._db, self._artifacts).keep(artifact_ids)

    async def project_deleted(self, project_id: int) -> None:
        async with self._db.session() as session:
            await session.execute(
                update(BuildRow)
                .where(
                    BuildRow.project_id == project_id,
                    BuildRow.status.in_((BuildStatus.QUEUED, BuildStatus.RUNNING)),
                )
                .values(status=BuildStatus.CANCELED, finished_at=func.now())
            )
        if self._workspaces.is_used(project_id):
            raise BuildsRunning("A build of the project is just being ended.")
        await asyncio.to_thread(self._workspaces.remove_project, project_id)
        await asyncio.to_thread(self._uploads.remove_project, project_id)
        await self._artifacts.remove_project(project_id)

    async def _queue_up(self, row: BuildRow) -> tuple[Build, Sequence[BuildRow]]:
        async with self._db.session() as session:
            superseded = await session.scalars(
                update(BuildRow)
                .where(BuildRow.environment_id == row.environment_id, BuildRow.status == BuildStatus.QUEUED)
                .values(status=BuildStatus.SUPERSEDED, finished_at=func.now())
                .returning(BuildRow)
            )
            older = list_of(superseded)
            session.add(row)
            await session.flush()
            await session.refresh(row)
            self._db.after_commit(session, lambda: self._queue.wake(BUILDS))
        return build_of(row), older

    async def _say_superseded(self, older: BuildRow, number: int) -> None:
        text = f"Superseded by #{number} before it began"
        await self._logs.append(older.log_stream_id, [Entry(text, Level.WARNING)])
        await self._logs.end(older.log_stream_id)
        digest = build_of(older).source.digest
        await asyncio.to_thread(self._uploads.remove, older.project_id, digest, older.created_at)
