"""Tests of the look at the streams that somebody follows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.waiting import eventually
from thakur.background import Tasks
from thakur.db import Database, DatabaseUnavailable
from thakur.logs import Entry, Line
from thakur.logs.clearing import Clearing
from thakur.logs.hub import LOOK, Hub, News, Subscription
from thakur.logs.store import LineStore
from thakur.logs.streams import Stream, Streams
from thakur.logs.watch import Watch


@pytest.fixture
def streams(committed_db: Database) -> Streams:
    return Streams(committed_db)


class Reader:
    """Waits in a stream for what it is told."""

    def __init__(self, hub: Hub, stream_id: int, read_to: int, tasks: Tasks) -> None:
        self.heard: list[News] = []
        self.place: Subscription | None = None
        tasks.spawn(self._listen(hub, stream_id, read_to), "reader")

    @property
    def numbers(self) -> list[int]:
        return [line.number for news in self.heard for line in news.lines]

    async def _listen(self, hub: Hub, stream_id: int, read_to: int) -> None:
        with hub.subscribe(stream_id, read_to) as self.place:
            self.place.pass_cleared(0)
            while True:
                if news := await self.place.next(5.0):
                    self.heard.append(news)
                    if news.lines:
                        self.place.read_to = news.lines[-1].number


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


async def waiting(*readers: Reader) -> None:
    await eventually(lambda: all(reader.place and reader.place.is_idle for reader in readers))


async def test_what_others_stored_is_read_once_and_told_to_those_at_the_front(
    committed_db: Database, streams: Streams, owner: Any, tasks: Tasks
):
    class Counting(LineStore):
        pages = 0

        async def page(self, stream: Stream, after: int, limit: int) -> list[Line]:
            self.pages += 1
            return await super().page(stream, after, limit)

    hub, store = Hub(), Counting(committed_db)
    stream_id = await streams.open_build(owner.project_id, 1)
    await store.add_to_build(stream_id, [Entry("x")] * 5)
    readers = [Reader(hub, stream_id, 2, tasks) for _ in range(3)]
    await waiting(*readers)

    await Watch(streams, store, hub).look()
    await waiting(*readers)
    await Watch(streams, store, hub).look()

    assert [reader.numbers for reader in readers] == [[3, 4, 5]] * 3
    assert store.pages == 1


async def test_a_reader_that_missed_what_the_others_heard_is_sent_to_the_table(
    committed_db: Database, streams: Streams, owner: Any, tasks: Tasks
):
    hub, store = Hub(), LineStore(committed_db)
    stream_id = await streams.open_build(owner.project_id, 1)
    await store.add_to_build(stream_id, [Entry("x")] * 3)
    behind, level = Reader(hub, stream_id, 2, tasks), Reader(hub, stream_id, 3, tasks)
    await waiting(behind, level)

    await Watch(streams, store, hub).look()
    await waiting(behind, level)

    assert (behind.heard, level.heard) == ([LOOK], [])


async def test_readers_hear_of_a_clear_the_end_and_of_a_stream_that_is_gone(
    committed_db: Database, streams: Streams, owner: Any, tasks: Tasks
):
    hub, store = Hub(), LineStore(committed_db)
    stream_id = await streams.open_build(owner.project_id, 1)
    await store.add_to_build(stream_id, [Entry("x")] * 3)
    stays, leaves = Reader(hub, stream_id, 3, tasks), Reader(hub, stream_id + 1, 0, tasks)
    await waiting(stays, leaves)
    await Clearing(committed_db).mark(stream_id)
    await streams.end(stream_id)

    await Watch(streams, store, hub).look()
    await waiting(stays, leaves)

    assert stays.heard == [News(cleared_number=3), News(ended_at_number=3)]
    assert leaves.heard == [LOOK]


async def test_a_stir_is_answered_at_once_and_the_other_streams_are_still_looked_at(
    committed_db: Database, streams: Streams, owner: Any, tasks: Tasks
):
    hub, store = Hub(), LineStore(committed_db)
    stirred, other = [await streams.open_build(owner.project_id, number) for number in (1, 2)]
    readers = [Reader(hub, stream_id, 0, tasks) for stream_id in (stirred, other)]
    watch = Watch(streams, store, hub, interval_seconds=0.4)
    await watch.look()
    tasks.spawn(watch.run(), "watch")
    await waiting(*readers)
    for stream_id in (stirred, other):
        await store.add_to_build(stream_id, [Entry("x")])

    def stir() -> bool:
        watch.stir(stirred)
        return bool(readers[0].numbers)

    await eventually(stir)

    async def stir_on() -> bool:
        watch.stir(stirred)
        return bool(readers[1].numbers)

    await eventually(stir_on)


async def test_the_watch_goes_on_after_the_database_was_away(
    committed_db: Database, tasks: Tasks, caplog: pytest.LogCaptureFixture
):
    class Away(Streams):
        def __init__(self) -> None:
            self.looks = 0

        async def find(self, stream_ids: Any) -> dict[int, Stream]:
            self.looks += 1
            if self.looks <= 3:
                raise DatabaseUnavailable("PostgreSQL does not answer")
            return {}

    hub, away = Hub(), Away()
    reader = Reader(hub, 1, 0, tasks)
    tasks.spawn(Watch(away, LineStore(committed_db), hub, interval_seconds=0.01).run(), "watch")
    await eventually(lambda: LOOK in reader.heard)

    assert away.looks >= 4
    assert [record.message for record in caplog.records] == ["log streams cannot be watched now"]


async def test_nobody_is_asked_while_nobody_follows(committed_db: Database, tasks: Tasks):
    class Counting(Streams):
        looks = 0

        async def find(self, stream_ids: Any) -> dict[int, Stream]:
            self.looks += 1
            return await super().find(stream_ids)

    streams, hub = Counting(committed_db), Hub()
    watch = Watch(streams, LineStore(committed_db), hub, interval_seconds=0.01)
    await watch.look()
    assert streams.looks == 0

    tasks.spawn(watch.run(), "watch")
    with hub.subscribe(1, 0):
        await eventually(lambda: streams.looks)
