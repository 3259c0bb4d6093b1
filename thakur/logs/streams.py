"""The rows of log streams: opened, ended, looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg

from thakur.db import Database
from thakur.logs.interface import StreamNotFound

BUILD = "build"
RUNTIME = "runtime"


class Stream(msgspec.Struct, frozen=True):
    """A stream's row, as far as readers and writers need it. Lines up to `cleared_number` are gone, or nearly so."""

    id: int
    kind: str
    last_number: int
    size_bytes: int
    cleared_number: int
    ended_at: datetime | None


SELECT_STREAMS: Final = "SELECT id, kind, last_number, size_bytes, cleared_number, ended_at FROM log_streams"


class Streams:
    """Streams in PostgreSQL."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def open_build(self, project_id: int, number: int, environment_id: int | None = None) -> int:
        """Make the stream of a build, or take its end back; it goes with its environment."""
        return await self._open(
            "INSERT INTO log_streams (project_id, kind, number, environment_id) VALUES (%s, 'build', %s, %s)"
            " ON CONFLICT (project_id, number) WHERE kind = 'build' DO UPDATE SET ended_at = NULL RETURNING id",
            (project_id, number, environment_id),
        )

    async def open_runtime(self, project_id: int, environment_id: int) -> int:
        """Find the stream of an environment, or make it."""
        async with self._db.connection() as connection:
            found = await connection.execute(
                "SELECT id FROM log_streams WHERE environment_id = %s AND kind = 'runtime'",
                [environment_id],
            )
            if row := await found.fetchone():
                return int(row[0])
        return await self._open(
            # The update changes nothing: without one, a stream that another process just made would not be returned.
            "INSERT INTO log_streams (project_id, kind, environment_id) VALUES (%s, 'runtime', %s) ON CONFLICT"
            " (environment_id) WHERE kind = 'runtime' DO UPDATE SET kind = excluded.kind RETURNING id",
            (project_id, environment_id),
        )

    async def retire_sources(self, stream_id: int) -> None:
        """Let no source that is known now add another line."""
        async with self._db.connection() as connection:
            # No batch begins there, so each looks like one that was stored already.
            await connection.execute("UPDATE log_sources SET offset_bytes = -1 WHERE stream_id = %s", [stream_id])

    async def end(self, stream_id: int) -> int | None:
        """Mark the stream ended; returns its last number, or None when there is no such stream any more."""
        async with self._db.connection() as connection:
            ended = await connection.execute(
                "UPDATE log_streams SET ended_at = coalesce(ended_at, now()) WHERE id = %s RETURNING last_number",
                [stream_id],
            )
            row = await ended.fetchone()
            # Pens are put away: nobody sends a batch of theirs again.
            await connection.execute("DELETE FROM log_sources WHERE stream_id = %s", [stream_id])
        return row[0] if row else None

    async def get(self, stream_id: int) -> Stream:
        """Raises StreamNotFound."""
        found = await self.find([stream_id])
        if not found:
            raise stream_not_found(stream_id)
        return found[stream_id]

    async def find(self, stream_ids: Sequence[int]) -> dict[int, Stream]:
        """Those of the streams that exist."""
        async with self._db.connection() as connection:
            rows = await connection.execute(
                SELECT_STREAMS + " WHERE id = ANY(%s)",
                [list(stream_ids)],
            )
            return {row[0]: Stream(*row) for row in await rows.fetchall()}

    async def _open(self, statement: str, values: tuple[Any, ...]) -> int:
        try:
            async with self._db.connection() as connection:
                opened = await connection.execute(statement, values)
                row = await opened.fetchone()
        except psycopg.errors.ForeignKeyViolation as error:
            raise StreamNotFound("The project of this log is gone") from error
        assert row
        return int(row[0])


def stream_not_found(stream_id: int) -> StreamNotFound:
    """What is raised for a stream that is not there, or not any more."""
    return StreamNotFound(f"There is no log stream {stream_id}")
