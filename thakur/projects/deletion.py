"""Deleting a project: every trace outside the database first, its row last."""

import logging
from collections.abc import Sequence

from sqlalchemy import delete, select

from thakur.db import Database
from thakur.projects.interface import DeletionConsumer, ProjectStatus
from thakur.projects.models import ProjectRow

log = logging.getLogger(__name__)


class Deletion:
    """The job behind `deleting`. It may run twice, and in two processes at once: every step may."""

    def __init__(self, db: Database, consumers: Sequence[DeletionConsumer]) -> None:
        self._db = db
        self._consumers = consumers

    async def drain(self) -> None:
        """Take every project that is being deleted to its end; one that fails stays for the next run."""
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

    async def _delete(self, project_id: int) -> None:
        for consumer in self._consumers:
            await consumer.project_deleted(project_id)
        async with self._db.session() as session:
            await session.execute(
                delete(ProjectRow).where(ProjectRow.id == project_id, ProjectRow.status == ProjectStatus.DELETING),
            )
        log.info("project deleted", extra={"project_id": project_id})
