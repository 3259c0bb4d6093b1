"""Removal of artifacts that nobody can bring back: their files go, their rows stay to tell of them."""

import logging

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from thakur.builds.attempts.leftovers import ANNOUNCE_WITHIN
from thakur.builds.interface import ArtifactNeeds
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.packing.artifacts import LocalArtifacts
from thakur.builds.statuses import BuildStatus
from thakur.db import Database

log = logging.getLogger(__name__)


class Removal:
    """Each artifact goes in a transaction of its own, which holds its row: a build that makes it again waits for that."""

    def __init__(self, db: Database, artifacts: LocalArtifacts) -> None:
        self._db = db
        self._artifacts = artifacts

    async def keep(self, needs: ArtifactNeeds) -> int:
        """Remove all but what is needed; returns how many."""
        is_kept = ArtifactRow.id.in_(await needs.needed())
        async with self._db.session() as session:
            unused = list(await session.scalars(select(ArtifactRow.id).where(~is_kept, _may_go())))
        return sum([await self._remove(artifact_id, needs) for artifact_id in unused])

    async def _remove(self, artifact_id: int, needs: ArtifactNeeds) -> bool:
        async with self._db.session() as session:
            row = await session.scalar(
                select(ArtifactRow).where(ArtifactRow.id == artifact_id, _may_go()).with_for_update(),
            )
            # Held, the row lets nobody refer to it anew; who did so since the first look is seen now.
            if row is None or artifact_id in await needs.needed():
                return False
            await self._artifacts.remove(row.project_id, row.digest)
            row.removed_at = func.now()
        log.info("artifact removed", extra={"artifact_id": artifact_id, "project_id": row.project_id})
        return True


def _may_go() -> ColumnElement[bool]:
    # A build that runs may be packing the same content, and one that just ended may not have its deployment yet.
    is_unheard = and_(
        BuildRow.status == BuildStatus.SUCCEEDED,
        BuildRow.announced_at.is_(None),
        BuildRow.finished_at > func.now() - ANNOUNCE_WITHIN,
    )
    is_needed_soon = exists().where(
        BuildRow.project_id == ArtifactRow.project_id,
        or_(BuildRow.status == BuildStatus.RUNNING, is_unheard),
    )
    return and_(ArtifactRow.removed_at.is_(None), ~is_needed_soon)
