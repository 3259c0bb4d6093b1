"""The end of a build that made nothing: the last words of its log, and its upload goes."""

import asyncio
from contextlib import suppress

from sqlalchemy import update

from thakur.builds.failures import INTERRUPTED, explanation
from thakur.builds.interface import Build
from thakur.builds.models import BuildRow
from thakur.builds.sources.uploads import Uploads
from thakur.builds.statuses import BuildStatus
from thakur.db import Database
from thakur.logs import Entry, Level, Logs, StreamNotFound


class Endings:
    """Puts in order what is left of builds whose rows have ended."""

    def __init__(self, db: Database, logs: Logs, uploads: Uploads) -> None:
        self._db = db
        self._logs = logs
        self._uploads = uploads

    async def close(self, build: Build) -> None:
        """End its log and forget its upload; may be called again. Nothing else writes to the log meanwhile."""
        # A project that is being deleted takes its streams along.
        with suppress(StreamNotFound):
            if words := last_words(build):
                await self._logs.append(build.log_stream_id, words)
            await self._logs.end(build.log_stream_id)
        await self.forget_upload(build)
        async with self._db.session() as session:
            closed = update(BuildRow).where(BuildRow.id == build.id, BuildRow.attempt == build.attempt)
            await session.execute(closed.values(lease_until=None))

    async def forget_upload(self, build: Build) -> None:
        """Remove what it was made of, unless the same bytes have arrived again since."""
        if build.source.kind == "git":
            return
        await asyncio.to_thread(self._uploads.remove, build.project_id, build.source.digest, build.created_at)


def last_words(build: Build) -> list[Entry]:
    """What the log does not say yet of how it ended; a failure of its own has been explained where it happened."""
    if build.status is BuildStatus.CANCELED:
        return [Entry(f"Canceled by {build.ended_by}" if build.ended_by else "Canceled", Level.WARNING)]
    if build.status is BuildStatus.SUPERSEDED:
        before = "" if build.started_at else " before it began"
        return [Entry(f"Superseded by {build.ended_by}{before}", Level.WARNING)]
    if build.failure is not None and build.failure.code == INTERRUPTED.code:
        return explanation(build.failure)
    return []
