"""Looking for lines: by words and levels, in the whole of a stream."""

from typing import Any

from thakur.db import Database
from thakur.logs.interface import Extent, Found, Search
from thakur.logs.store import line_of
from thakur.logs.streams import BUILD, RUNTIME, Stream

_TABLES = {BUILD: "build_lines", RUNTIME: "runtime_lines"}
_COLUMNS = {BUILD: "number, at, level, text", RUNTIME: "number, at, level, text, deployment_id, replica"}
_WHERE = "stream_id = %(stream)s AND number > %(cleared)s AND level = ANY(%(levels)s) AND text ILIKE %(pattern)s"
_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


class LineSearch:
    """Searches in PostgreSQL. A stream has at most some hundred thousand lines, which are read through."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def extent(self, stream: Stream) -> Extent:
        """The numbers that there are: the oldest lines of a runtime stream go with their day."""
        lowest = f"SELECT min(number) FROM {_TABLES[stream.kind]} WHERE stream_id = %s AND number > %s"  # noqa: S608
        async with self._db.connection() as connection:
            rows = await connection.execute(lowest, [stream.id, stream.cleared_number])
            row = await rows.fetchone()
        first = row[0] if row and row[0] is not None else stream.last_number + 1
        return Extent(first=first, last=stream.last_number, has_ended=stream.ended_at is not None)

    async def search(self, stream: Stream, search: Search, after: int, limit: int) -> Found:
        """The first matching lines above `after`, and how many match in all."""
        table, columns = _TABLES[stream.kind], _COLUMNS[stream.kind]
        wanted: dict[str, Any] = {
            "stream": stream.id,
            "cleared": stream.cleared_number,
            "levels": [level.value for level in search.levels],
            "pattern": f"%{search.words.translate(_SPECIAL)}%",
            "after": after,
            "limit": limit,
        }
        page = f"SELECT {columns} FROM {table} WHERE {_WHERE} AND number > %(after)s ORDER BY number LIMIT %(limit)s"  # noqa: S608
        async with self._db.connection() as connection:
            lines = await (await connection.execute(page, wanted)).fetchall()
            count = await (await connection.execute(f"SELECT count(*) FROM {table} WHERE {_WHERE}", wanted)).fetchone()  # noqa: S608
        return Found(lines=tuple(line_of(*line) for line in lines), matches=count[0] if count else 0)
