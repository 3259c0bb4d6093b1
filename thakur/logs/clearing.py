"""Lines that go before their stream does: removed in transactions that stay short."""

from collections.abc import Sequence
from typing import LiteralString

from thakur.db import Database
from thakur.logs.streams import BUILD, RUNTIME, SELECT_STREAMS, Stream, stream_not_found

REMOVED_LINES = 10_000


class Clearing:
    """Removes lines of streams that go on; numbers are never used again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def mark(self, stream_id: int) -> Stream:
        """From now on nobody is shown a line that the stream has; they are removed by `remove`. Raises StreamNotFound."""
        async with self._db.connection() as connection:
            await connection.execute(
                "UPDATE log_streams SET cleared_number = last_number WHERE id = %s",
                [stream_id],
            )
            rows = await connection.execute(SELECT_STREAMS + " WHERE id = %s", [stream_id])
            row = await rows.fetchone()
        if row is None:
            raise stream_not_found(stream_id)
        return Stream(*row)

    async def remove(self, stream: Stream) -> None:
        """Remove what was marked. May be called twice."""
        await self._remove(stream, stream.cleared_number)

    async def finish(self) -> None:
        """Remove what was marked by a process that did not come to its end."""
        for stream in await self._find(" WHERE cleared_number > %s", 0):
            await self.remove(stream)

    async def remove_project(self, project_id: int) -> None:
        """Remove every line of the project's streams."""
        for stream in await self._find(" WHERE project_id = %s", project_id):
            await self._remove(stream, stream.last_number)

    async def remove_environment(self, environment_id: int) -> None:
        """Remove every line of the environment's streams."""
        for stream in await self._find(" WHERE environment_id = %s", environment_id):
            await self._remove(stream, stream.last_number)

    async def _find(self, condition: LiteralString, value: int) -> Sequence[Stream]:
        async with self._db.connection() as connection:
            rows = await connection.execute(SELECT_STREAMS + condition, [value])
            return [Stream(*row) for row in await rows.fetchall()]

    async def _remove(self, stream: Stream, up_to: int) -> None:
        wanted = {"stream": stream.id, "up_to": up_to, "lines": REMOVED_LINES}
        removed = REMOVED_LINES
        while removed:
            async with self._db.connection() as connection:
                removed = (await connection.execute(_REMOVALS[stream.kind], wanted)).rowcount


# The oldest lines first, so that what is left is always a range of numbers.
_REMOVALS = {
    BUILD: "DELETE FROM build_lines WHERE stream_id = %(stream)s AND number <= %(up_to)s AND number < %(lines)s"
    " + (SELECT min(number) FROM build_lines WHERE stream_id = %(stream)s)",
    RUNTIME: "DELETE FROM runtime_lines WHERE stream_id = %(stream)s AND number <= %(up_to)s AND number < %(lines)s"
    " + (SELECT min(number) FROM runtime_lines WHERE stream_id = %(stream)s)",
}
