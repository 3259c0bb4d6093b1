"""The SQL of log lines: every line gets its number in the transaction that stores it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from thakur.db import Database, DatabaseUnavailable
from thakur.logs.interface import Entry, Level, Line, SourceBatch
from thakur.logs.limits import Day, fit, fit_day
from thakur.logs.partitions import make_partitions
from thakur.logs.streams import BUILD, RUNTIME, SELECT_STREAMS, Stream, stream_not_found

Connection = psycopg.AsyncConnection[Any]


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What a transaction did: the lines that it added, the stream's last number, and where the source goes on."""

    lines: tuple[Line, ...]
    last_number: int
    next_offset: int


class LineStore:
    """Lines in PostgreSQL: added in batches, read in pages."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add_to_build(
        self,
        stream_id: int,
        entries: Sequence[Entry],
        source: str | None = None,
        offset: int = 0,
    ) -> Stored:
        """Store lines of a build stream, as far as its limits allow. Raises StreamNotFound, DatabaseUnavailable.

        With a `source`, which counts the lines it sends, a batch that is sent again changes nothing.
        """
        try:
            return await self._add_to_build(stream_id, entries, source, offset)
        except psycopg.OperationalError as error:
            # A deadlock or a statement that took too long: as with a server that is away, the same call may work later.
            raise DatabaseUnavailable(f"PostgreSQL did not store the log lines: {error}") from error

    async def add_to_runtime(self, batch: SourceBatch) -> Stored:
        """Store a batch of a replica's lines once, as far as the day's limits allow. Raises StreamNotFound."""
        try:
            return await self._add_to_runtime(batch)
        except psycopg.errors.CheckViolation:
            # No partition for today: this process slept when the day began.
            async with self._db.connection() as connection:
                await make_partitions(connection, _today())
            return await self._add_to_runtime(batch)

    async def page(self, stream: Stream, after: int, limit: int) -> list[Line]:
        """Up to `limit` lines above `after`."""
        return await self._lines(_PAGES[stream.kind], stream, max(after, stream.cleared_number), limit)

    async def last(self, stream: Stream, limit: int) -> list[Line]:
        """The newest `limit` lines, in order."""
        left = stream.last_number - stream.cleared_number
        return await self._lines(_LASTS[stream.kind], stream, stream.last_number, min(limit, left))

    async def _add_to_build(
        self,
        stream_id: int,
        entries: Sequence[Entry],
        source: str | None,
        offset: int,
    ) -> Stored:
        next_offset = offset + len(entries)
        async with self._db.connection() as connection:
            stream = await _lock(connection, stream_id, BUILD)
            if source and not await _advance(connection, stream_id, source, offset, next_offset):
                return await _as_before(connection, stream, source)
            kept, size_bytes = fit(entries, stream.last_number, stream.size_bytes)
            lines = _number(stream, kept)
            await _count(connection, stream, len(lines), size_bytes)
            await _copy(
                connection,
                "COPY build_lines (stream_id, number, at, level, text) FROM STDIN",
                [(stream_id, line.number, line.at, line.level.value, line.text) for line in lines],
            )
        return Stored(lines=lines, last_number=stream.last_number + len(lines), next_offset=next_offset)

    async def _add_to_runtime(self, batch: SourceBatch) -> Stored:
        async with self._db.connection() as connection:
            stream = await _lock(connection, batch.stream_id, RUNTIME)
            if not await _advance(connection, stream.id, batch.source, batch.offset_bytes, batch.next_offset_bytes):
                return await _as_before(connection, stream, batch.source)
            # The day of storing, not the line's own: a line that comes late goes where there is a partition for it.
            kept, day = fit_day(batch.entries, await _day(connection, stream), datetime.now(UTC))
            lines = _number(stream, kept, batch.deployment_id, batch.replica)
            await _count_day(connection, stream, len(lines), day)
            origin = (day.on, batch.deployment_id, batch.edge_id, batch.replica)
            await _copy(
                connection,
                "COPY runtime_lines (stream_id, number, at, level, text, day, deployment_id, edge_id, replica) FROM STDIN",
                [(stream.id, line.number, line.at, line.level.value, line.text, *origin) for line in lines],
            )
        last_number = stream.last_number + len(lines)
        return Stored(lines=lines, last_number=last_number, next_offset=batch.next_offset_bytes)

    async def _lines(self, statement: str, stream: Stream, number: int, limit: int) -> list[Line]:
        async with self._db.connection() as connection:
            rows = await connection.execute(statement, {"stream": stream.id, "number": number, "limit": limit})
            return [line_of(*row) for row in await rows.fetchall()]


# A stream's numbers have no holes, save where its oldest lines were removed. So a page is a range, which PostgreSQL reads
# in order at once; from a limit alone it would sort the whole rest of a stream that it has no statistics of yet.
_PAGES = {
    BUILD: "SELECT number, at, level, text FROM build_lines WHERE stream_id = %(stream)s AND number > %(number)s"
    " AND number < %(limit)s"
    " + (SELECT min(number) FROM build_lines WHERE stream_id = %(stream)s AND number > %(number)s)"
    " ORDER BY number",
    RUNTIME: "SELECT number, at, level, text, deployment_id, replica FROM runtime_lines"
    " WHERE stream_id = %(stream)s AND number > %(number)s AND number < %(limit)s"
    " + (SELECT min(number) FROM runtime_lines WHERE stream_id = %(stream)s AND number > %(number)s)"
    " ORDER BY number",
}
_LASTS = {
    BUILD: "SELECT number, at, level, text FROM build_lines"
    " WHERE stream_id = %(stream)s AND number > %(number)s - %(limit)s AND number <= %(number)s ORDER BY number",
    RUNTIME: "SELECT number, at, level, text, deployment_id, replica FROM runtime_lines"
    " WHERE stream_id = %(stream)s AND number > %(number)s - %(limit)s AND number <= %(number)s ORDER BY number",
}


async def _lock(connection: Connection, stream_id: int, kind: str) -> Stream:
    rows = await connection.execute(
        SELECT_STREAMS + " WHERE id = %s AND kind = %s FOR NO KEY UPDATE",
        [stream_id, kind],
    )
    row = await rows.fetchone()
    if row is None:
        raise stream_not_found(stream_id)
    return Stream(*row)


async def _advance(connection: Connection, stream_id: int, source: str, offset: int, next_offset: int) -> bool:
    advanced = await connection.execute(
        "INSERT INTO log_sources AS known (stream_id, source, offset_bytes) VALUES (%s, %s, %s)"
        " ON CONFLICT (stream_id, source) DO UPDATE SET offset_bytes = excluded.offset_bytes"
        " WHERE known.offset_bytes = %s",
        [stream_id, source, next_offset, offset],
    )
    return advanced.rowcount == 1


async def _as_before(connection: Connection, stream: Stream, source: str) -> Stored:
    rows = await connection.execute(
        "SELECT offset_bytes FROM log_sources WHERE stream_id = %s AND source = %s",
        [stream.id, source],
    )
    row = await rows.fetchone()
    assert row
    return Stored(lines=(), last_number=stream.last_number, next_offset=row[0])


def _number(
    stream: Stream, entries: Sequence[Entry], deployment_id: int | None = None, replica: int | None = None
) -> tuple[Line, ...]:
    now = datetime.now(UTC)
    return tuple(
        Line(
            number=number,
            at=entry.at or now,
            level=entry.level,
            text=entry.text,
            deployment_id=deployment_id,
            replica=replica,
        )
        for number, entry in enumerate(entries, stream.last_number + 1)
    )


async def _count(connection: Connection, stream: Stream, lines: int, size_bytes: int) -> None:
    await connection.execute(
        "UPDATE log_streams SET last_number = last_number + %s, size_bytes = %s WHERE id = %s",
        [lines, size_bytes, stream.id],
    )


async def _day(connection: Connection, stream: Stream) -> Day | None:
    rows = await connection.execute("SELECT day FROM log_streams WHERE id = %s", [stream.id])
    row = await rows.fetchone()
    return msgspec.convert(row[0], Day) if row and row[0] else None


async def _count_day(connection: Connection, stream: Stream, lines: int, day: Day) -> None:
    await connection.execute(
        "UPDATE log_streams SET last_number = last_number + %s, day = %s WHERE id = %s",
        [lines, Jsonb(msgspec.to_builtins(day)), stream.id],
    )


async def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)


def line_of(
    number: int,
    at: datetime,
    level: str,
    text: str,
    deployment_id: int | None = None,
    replica: int | None = None,
) -> Line:
    """The line that a row tells of."""
    return Line(number=number, at=at, level=Level(level), text=text, deployment_id=deployment_id, replica=replica)


def _today() -> date:
    return datetime.now(UTC).date()
