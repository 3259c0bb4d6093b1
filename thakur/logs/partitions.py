"""The days of runtime lines: made ahead, dropped when they are old."""

import asyncio
import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from thakur.db import Database

DAYS_AHEAD = 2
RUNTIME_DAYS = 7
CHECK_SECONDS = 3600.0
RETRY_SECONDS = 60.0
LOCK_WAIT = "5s"
PREFIX = "runtime_lines_"

log = logging.getLogger(__name__)


class Partitions:
    """Keeps the partitions of `runtime_lines` right while a server runs."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def run(self) -> None:
        """Keep them right until canceled."""
        while True:
            try:
                await self.keep(datetime.now(UTC).date())
                await asyncio.sleep(CHECK_SECONDS)
            except Exception:  # a supervisor's loop: nobody would notice that it has ended
                log.warning("log partitions could not be kept, they are tried again", exc_info=True)
                await asyncio.sleep(RETRY_SECONDS)

    async def keep(self, today: date) -> None:
        """Make today's partition with the next ones, drop those that are past their days. May run in two processes."""
        async with self._db.connection() as connection:
            await make_partitions(connection, today)
            await _drop_old(connection, today)


async def make_partitions(connection: psycopg.AsyncConnection[Any], today: date) -> None:
    """Make the partitions of today and of the days ahead, where they are missing."""
    wanted = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)]
    if set(wanted) <= await _days(connection):
        return
    await _lock(connection)
    existing = await _days(connection)
    for day in wanted:
        if day not in existing:
            await connection.execute(
                sql.SQL("CREATE TABLE {} PARTITION OF runtime_lines FOR VALUES FROM ({}) TO ({})").format(
                    _name(day),
                    sql.Literal(day.isoformat()),
                    sql.Literal((day + timedelta(days=1)).isoformat()),
                ),
            )


async def _drop_old(connection: psycopg.AsyncConnection[Any], today: date) -> None:
    oldest = today - timedelta(days=RUNTIME_DAYS)
    if not any(day < oldest for day in await _days(connection)):
        return
    await _lock(connection)
    for day in await _days(connection):
        if day < oldest:
            await connection.execute(sql.SQL("DROP TABLE {}").format(_name(day)))


async def _days(connection: psycopg.AsyncConnection[Any]) -> set[date]:
    rows = await connection.execute(
        "SELECT right(inhrelid::regclass::text, 8) FROM pg_inherits WHERE inhparent = 'runtime_lines'::regclass",
    )
    return {datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date() for (day,) in await rows.fetchall()}


async def _lock(connection: psycopg.AsyncConnection[Any]) -> None:
    # A partition comes and goes with its foreign key. Writers lock the stream first and the lines second: taken in the
    # same order here, the two can wait for each other but never deadlock.
    await connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(LOCK_WAIT)))
    await connection.execute("LOCK TABLE log_streams IN ACCESS EXCLUSIVE MODE")


def _name(day: date) -> sql.Identifier:
    return sql.Identifier(f"{PREFIX}{day:%Y%m%d}")
