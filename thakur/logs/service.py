"""Log streams of this process: where lines come in, are stored, and go out to whoever follows."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from weakref import WeakSet

import msgspec

from thakur.background import Tasks
from thakur.db import Database, DatabaseUnavailable
from thakur.logs.clearing import Clearing
from thakur.logs.cutting import lines_of
from thakur.logs.hub import Hub, News
from thakur.logs.interface import Cleared, Entry, Extent, Found, Line, Search, SourceBatch, StreamWriter
from thakur.logs.pages import Pages
from thakur.logs.partitions import Partitions
from thakur.logs.searching import LineSearch
from thakur.logs.store import LineStore, Stored
from thakur.logs.streams import Streams
from thakur.logs.tail import follow
from thakur.logs.wakes import Wakes
from thakur.logs.watch import Watch
from thakur.logs.writer import Pen
from thakur.security import Redactor

STOP_SECONDS = 5.0

log = logging.getLogger(__name__)


class LocalLogs:
    """Implements Logs and LogSink on the database; without a Redis other processes hear of lines a second later."""

    def __init__(self, db: Database, redis_url: str | None = None) -> None:
        self._streams = Streams(db)
        self._lines = LineStore(db)
        self._clearing = Clearing(db)
        self._search = LineSearch(db)
        self._pages = Pages(self._streams, self._lines)
        self._hub = Hub()
        self._watch = Watch(self._streams, self._lines, self._hub)
        self._partitions = Partitions(db)
        self._tasks = Tasks()
        self._wakes = Wakes(redis_url, self._watch.stir, self._tasks) if redis_url else None
        self._pens: WeakSet[Pen] = WeakSet()

    async def start(self) -> None:
        """Begin to watch what is followed, to keep the days of runtime lines, and to finish what was to be cleared."""
        self._tasks.spawn(self._watch.run(), "log watch")
        self._tasks.spawn(self._partitions.run(), "log partitions")
        self._tasks.spawn(self._clearing.finish(), "log clearing")
        if self._wakes:
            self._tasks.spawn(self._wakes.run(), "log wakes")

    async def stop(self) -> None:
        """Store what still waits in pens, within a deadline, then end everything. May be called twice."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                for pen in list(self._pens):
                    await pen.flush()
        except (TimeoutError, DatabaseUnavailable):
            log.warning("log lines that waited for the database are lost", exc_info=True)
        await self._tasks.stop()
        if self._wakes:
            await self._wakes.close()

    async def open_build(self, project_id: int, number: int, environment_id: int | None = None) -> int:
        return await self._streams.open_build(project_id, number, environment_id)

    async def open_runtime(self, project_id: int, environment_id: int) -> int:
        return await self._streams.open_runtime(project_id, environment_id)

    def writer(self, stream_id: int, redactor: Redactor | None = None) -> StreamWriter:
        pen = Pen(stream_id, self._add_to_build, self._tasks, redactor)
        self._pens.add(pen)
        return pen

    async def retire_writers(self, stream_id: int) -> None:
        await self._streams.retire_sources(stream_id)

    async def append(self, stream_id: int, entries: Sequence[Entry]) -> int:
        return (await self._add_to_build(stream_id, _cut(entries))).last_number

    async def store(self, batch: SourceBatch) -> int:
        stored = await self._lines.add_to_runtime(msgspec.structs.replace(batch, entries=_cut(batch.entries)))
        self._publish_lines(batch.stream_id, stored)
        return stored.next_offset

    async def end(self, stream_id: int) -> None:
        last_number = await self._streams.end(stream_id)
        if last_number is not None:
            self._publish(stream_id, News(ended_at_number=last_number))

    async def clear(self, stream_id: int) -> int:
        stream = await self._clearing.mark(stream_id)
        self._publish(stream_id, News(cleared_number=stream.cleared_number))
        self._tasks.spawn(self._clearing.remove(stream), f"clear log {stream_id}")
        return stream.cleared_number

    async def page(self, stream_id: int, after: int, limit: int) -> list[Line]:
        return await self._lines.page(await self._streams.get(stream_id), after, limit)

    async def last(self, stream_id: int, limit: int) -> list[Line]:
        return await self._lines.last(await self._streams.get(stream_id), limit)

    async def extent(self, stream_id: int) -> Extent:
        return await self._search.extent(await self._streams.get(stream_id))

    async def search(self, stream_id: int, search: Search, after: int, limit: int) -> Found:
        return await self._search.search(await self._streams.get(stream_id), search, after, limit)

    def tail(self, stream_id: int, after: int) -> AsyncIterator[tuple[Line, ...] | Cleared]:
        return follow(self._pages, self._hub, stream_id, after)

    async def project_deleted(self, project_id: int) -> None:
        await self._clearing.remove_project(project_id)

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        del project_id
        await self._clearing.remove_environment(environment_id)

    async def _add_to_build(
        self,
        stream_id: int,
        entries: Sequence[Entry],
        source: str | None = None,
        offset: int = 0,
    ) -> Stored:
        stored = await self._lines.add_to_build(stream_id, entries, source, offset)
        self._publish_lines(stream_id, stored)
        return stored

    def _publish_lines(self, stream_id: int, stored: Stored) -> None:
        if stored.lines:
            self._publish(stream_id, News(lines=stored.lines))

    def _publish(self, stream_id: int, news: News) -> None:
        self._hub.publish(stream_id, news)
        if self._wakes:
            self._wakes.send(stream_id)


def _cut(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(Entry(line, entry.level, entry.at) for entry in entries for line in lines_of(entry.text))
