"""Deleting a project, or one of its environments: every trace outside the database first, its row last."""

import logging
from collections.abc import Sequence

from sqlalchemy import delete, select

from thakur.db import Database
from thakur.projects.interface import DeletionConsumer, ProjectStatus
from thakur.projects.models import EnvironmentRow, ProjectRow

log = logging.getLogger(__name__)


class Deletion:
    """The job behind `deleting`. It may run twice, and in two processes at once: every step may."""

    def __init__(self, db: Database, consumers: Sequence[DeletionConsumer]) -> None:
        self._db = db
        self._consumers = consumers

    async def drain(self) -> None:
        """Take everything that is being deleted to its end; what fails stays for the next run."""
        await self._drain_projects()
        await self._drain_environments()

    async def _drain_projects(self) -> None:
        async with self._db.session() as session:
            project_ids = list(
                await session.scalars(
                    select(ProjectRow.id).where(ProjectRow.status == ProjectStatus.DELETING).order_by(ProjectRow.id),
                ),
            )
        for project_id in project_ids:
            try:
                await self._delete(project_id)
            except Exception:  # the job's shell: one project that cannot go now must not keep the others
                log.exception("project deletion failed, it is tried again", extra={"project_id": project_id})

    async def _drain_environments(self) -> None:
        row = EnvironmentRow
        async with self._db.session() as session:
            # A project's own deletion takes its environments along.
            going = select(row.project_id, row.id).join(ProjectRow, ProjectRow.id == row.project_id)
            going = going.where(row.status == "deleting", ProjectRow.status == ProjectStatus.ACTIVE).order_by(row.id)
            found = list(await session.execute(going))
        for project_id, environment_id in found:
            try:
                await self._delete_environment(project_id, environment_id)
            except Exception:  # the job's shell: one environment that cannot go now must not keep the others
                log.exception(
                    "environment deletion failed, it is tried again", extra={"environment_id": environment_id}
                )

    async def _delete_environment(self, project_id: int, environment_id: int) -> None:
        for consumer in self._consumers:
            await consumer.environment_deleted(project_id, environment_id)
        is_it = (EnvironmentRow.id == environment_id, EnvironmentRow.status == "deleting")
        async with self._db.session() as session:
            await session.execute(delete(EnvironmentRow).where(*is_it))
        log.info("environment deleted", extra={"project_id": project_id, "environment_id": environment_id})

    async def _delete(self, project_id: int) -> None:
        for consumer in self._consumers:
            await consumer.project_deleted(project_id)
        async with self._db.session() as session:
            await session.execute(
                delete(ProjectRow).where(ProjectRow.id == project_id, ProjectRow.status == ProjectStatus.DELETING),
            )
        log.info("project deleted", extra={"project_id": project_id})
