"""Leftovers: builds whose worker died, and ends and news that nobody has seen to."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from thakur.builds.attempts.claims import LEASE, NOW, is_in
from thakur.builds.failures import INTERRUPTED
from thakur.builds.interface import Build
from thakur.builds.models import BuildRow
from thakur.builds.rows import build_of, plain
from thakur.builds.statuses import BuildStatus
from thakur.db import Database

ATTEMPTS = 3
ANNOUNCE_WITHIN = timedelta(hours=1)
# Whoever finishes a build tells of it at once; the sweep is for those that could not.
ANNOUNCE_AFTER = timedelta(seconds=3)

S = BuildStatus


class Leftovers:
    """What other workers of this database left, and what an earlier life of this one did."""

    def __init__(self, db: Database, worker: str) -> None:
        self._db = db
        self._worker = worker

    async def requeue(self, running: Collection[int], *, is_start: bool = False) -> list[Build]:
        """Queue again what runs under no lease, but nothing that runs here; what was interrupted too often has failed.

        At the start of this worker all that is its own is an earlier life's. Returns those that wait again.
        """
        is_lost = and_(
            is_in(S.RUNNING),
            BuildRow.id.not_in(running),
            self._is_free(is_start=is_start),
        )
        failed = {
            "status": S.FAILED,
            "failure": plain(INTERRUPTED),
            "finished_at": NOW,
            "worker": self._worker,
            # For the next look at what has ended, here or elsewhere.
            "lease_until": NOW,
        }
        again = {"status": S.QUEUED, "worker": None, "lease_until": None}
        async with self._db.session() as session:
            interrupted = {"interruptions": BuildRow.interruptions + 1}
            is_hopeless = BuildRow.interruptions >= ATTEMPTS - 1
            await session.execute(update(BuildRow).where(is_lost, is_hopeless).values(failed | interrupted))
            rows = await session.scalars(
                update(BuildRow).where(is_lost, ~is_hopeless).values(again | interrupted).returning(BuildRow)
            )
            return [build_of(row) for row in rows]

    async def take_ended(self, *, is_start: bool = False) -> list[Build]:
        """Builds that have ended and whose log and upload nobody has put in order: now this worker's to do."""
        async with self._db.session() as session:
            rows = await session.scalars(
                update(BuildRow)
                .where(
                    BuildRow.status.not_in((S.QUEUED, S.RUNNING)),
                    BuildRow.lease_until.is_not(None),
                    self._is_free(is_start=is_start),
                )
                .values(worker=self._worker, lease_until=NOW + LEASE)
                .returning(BuildRow)
            )
            return [build_of(row) for row in rows]

    async def unannounced(self) -> list[Build]:
        """Builds that succeeded lately and of which the artifact's consumer may not have heard."""
        async with self._db.session() as session:
            rows = await session.scalars(
                select(BuildRow)
                .where(
                    is_in(S.SUCCEEDED),
                    BuildRow.announced_at.is_(None),
                    BuildRow.finished_at.between(NOW - ANNOUNCE_WITHIN, NOW - ANNOUNCE_AFTER),
                )
                .order_by(BuildRow.id)
            )
            return [build_of(row) for row in rows]

    def _is_free(self, *, is_start: bool) -> ColumnElement[bool]:
        has_expired = BuildRow.lease_until <= NOW
        return or_(has_expired, BuildRow.worker == self._worker) if is_start else has_expired
