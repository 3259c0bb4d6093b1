"""Tests of the look at the streams that somebody follows."""

from typing import Any

import pytest

from support.waiting import eventually
from thakur.background import Tasks
from thakur.db import Database, DatabaseUnavailable
from thakur.logs import Entry
from thakur.logs.hub import LOOK, Hub
from thakur.logs.store import LineStore
from thakur.logs.streams import Stream, Streams
from thakur.logs.watch import Watch


@pytest.fixture
def streams(committed_db: Database) -> Streams:
    return Streams(committed_db)


async def test_only_readers_that_are_behind_are_sent_to_the_table(
    committed_db: Database,
    streams: Streams,
    owner: Any,
):
    hub = Hub()
    stream_id = await streams.open_build(owner.project_id, 1)
    await LineStore(committed_db).add_to_build(stream_id, [Entry("x")] * 3)

    with hub.subscribe(stream_id, 2) as behind, hub.subscribe(stream_id, 3) as level:
        await Watch(streams, hub).look()
        await Watch(streams, hub).look()

        assert await behind.next(0.01) is LOOK
        assert await behind.next(0.01) is None
        assert await level.next(0.01) is None


async def test_readers_hear_of_the_end_and_of_a_stream_that_is_gone(streams: Streams, owner: Any):
    hub = Hub()
    stream_id = await streams.open_build(owner.project_id, 1)
    await streams.end(stream_id)

    with hub.subscribe(stream_id, 0) as of_the_ended, hub.subscribe(stream_id + 1, 0) as of_the_gone:
        await Watch(streams, hub).look()

        assert await of_the_ended.next(0.01) is LOOK
        assert await of_the_gone.next(0.01) is LOOK


async def test_the_watch_goes_on_after_the_database_was_away(caplog: pytest.LogCaptureFixture):
    class Away(Streams):
        def __init__(self) -> None:
            self.looks = 0

        async def find(self, stream_ids: Any) -> dict[int, Stream]:
            self.looks += 1
            if self.looks <= 3:
                raise DatabaseUnavailable("PostgreSQL does not answer")
            return {}

    hub, away, tasks = Hub(), Away(), Tasks()
    with hub.subscribe(1, 0) as place:
        tasks.spawn(Watch(away, hub, interval_seconds=0.01).run(), "watch")
        assert await place.next(2.0) is LOOK
    await tasks.stop()

    assert away.looks >= 4
    assert [record.message for record in caplog.records] == ["log streams cannot be watched now"]


async def test_nobody_is_asked_while_nobody_follows(committed_db: Database):
    class Counting(Streams):
        looks = 0

        async def find(self, stream_ids: Any) -> dict[int, Stream]:
            self.looks += 1
            return await super().find(stream_ids)

    streams, hub, tasks = Counting(committed_db), Hub(), Tasks()
    watch = Watch(streams, hub, interval_seconds=0.01)
    await watch.look()
    assert streams.looks == 0

    tasks.spawn(watch.run(), "watch")
    with hub.subscribe(1, 0):
        await eventually(lambda: streams.looks)
    await tasks.stop()
