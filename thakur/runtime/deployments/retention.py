"""Retention: what was live long ago is not kept ready any more, and artifacts that nobody can bring back are removed."""

import asyncio
import logging
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.builds import Builds
from thakur.db import Database
from thakur.projects import PRODUCTION, Projects
from thakur.runtime.deployments.store import UNFINISHED, DeploymentStore
from thakur.runtime.interface import KEPT_OF_PRODUCTION
from thakur.runtime.models import ActivationRow, DeploymentRow
from thakur.runtime.statuses import DeploymentStatus

EVERY_SECONDS = 3600.0
NEEDED = (DeploymentStatus.ACTIVE, DeploymentStatus.STANDBY, *UNFINISHED)

log = logging.getLogger(__name__)


class Retention:
    """A look at everything each hour, and whenever something else became active."""

    def __init__(self, db: Database, store: DeploymentStore, projects: Projects, builds: Builds) -> None:
        self._db = db
        self._store = store
        self._projects = projects
        self._builds = builds
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Something may have lost its place among what is kept."""
        self._due.set()

    async def run(self) -> None:
        """Sweep until canceled."""
        while True:
            self._due.clear()
            try:
                await self.sweep()
            except Exception:  # a supervisor's loop: what is left now is found by the next sweep
                log.exception("retention failed, it is tried again within the hour")
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._due.wait()

    async def sweep(self) -> None:
        """Retire old standbys, then remove the artifacts that have become nobody's."""
        await self._store.retire_old_standby()
        await self._builds.keep_artifacts(self)

    async def needed(self) -> set[int]:
        """The artifacts that are live, or may become so."""
        async with self._db.session() as session:
            needed = await _needed(session)
            last = await _last_active(session)
        places = await self._projects.places([environment_id for environment_id, _ in last])
        production = {
            artifact_id
            for environment_id, artifact_id in last
            if (place := places.get(environment_id)) is not None and place.label == PRODUCTION
        }
        return needed | production


async def _needed(session: AsyncSession) -> set[int]:
    # The newest of an environment is kept whatever became of it: it may be redeployed once what it lacked is there.
    newest = select(func.max(DeploymentRow.id)).group_by(DeploymentRow.environment_id)
    is_needed = DeploymentRow.status.in_(NEEDED) | DeploymentRow.id.in_(newest)
    return set(await session.scalars(select(DeploymentRow.artifact_id).where(is_needed)))


async def _last_active(session: AsyncSession) -> list[tuple[int, int]]:
    latest = func.max(ActivationRow.started_at)
    ranked = (
        select(
            ActivationRow.environment_id,
            ActivationRow.deployment_id,
            func.row_number().over(partition_by=ActivationRow.environment_id, order_by=latest.desc()).label("place"),
        )
        .group_by(ActivationRow.environment_id, ActivationRow.deployment_id)
        .subquery()
    )
    found = await session.execute(
        select(ranked.c.environment_id, DeploymentRow.artifact_id)
        .join(DeploymentRow, DeploymentRow.id == ranked.c.deployment_id)
        .where(ranked.c.place <= KEPT_OF_PRODUCTION),
    )
    return [(environment_id, artifact_id) for environment_id, artifact_id in found]
