"""Tests of storing lines."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from thakur.db import Database
from thakur.logs import Entry, Level, SourceBatch, StreamNotFound
from thakur.logs.store import LineStore
from thakur.logs.streams import Streams


@pytest.fixture
def store(committed_db: Database) -> LineStore:
    return LineStore(committed_db)


@pytest.fixture
def streams(committed_db: Database) -> Streams:
    return Streams(committed_db)


@pytest.fixture
async def build_id(streams: Streams, owner: Any) -> int:
    return await streams.open_build(owner.project_id, 1)


@pytest.fixture
async def batch(streams: Streams, owner: Any) -> SourceBatch:
    """The first batch of a replica's log file."""
    return SourceBatch(
        stream_id=await streams.open_runtime(owner.project_id, owner.environment_id),
        source="edge-1/replica-1",
        deployment_id=5,
        edge_id=1,
        replica=2,
        offset_bytes=0,
        next_offset_bytes=20,
        entries=(Entry("listening"), Entry("oh no", Level.ERROR)),
    )


async def test_a_line_comes_back_as_it_went_in(store: LineStore, streams: Streams, build_id: int):
    at = datetime(2031, 5, 30, 12, 30, 15, 123456, tzinfo=UTC)
    text_with_everything = "tab\t back\\slash \\N \\. \x1b[1m é🙂 \ufffd"

    stored = await store.add_to_build(build_id, [Entry(text_with_everything, Level.SUCCESS, at), Entry("")])

    assert await store.page(await streams.get(build_id), 0, 10) == list(stored.lines)
    first, second = stored.lines
    assert (first.number, first.at, first.level, first.text) == (1, at, Level.SUCCESS, text_with_everything)
    assert (second.number, second.level, second.text) == (2, Level.INFO, "")


async def test_writers_side_by_side_leave_no_gap_and_share_no_number(
    store: LineStore,
    streams: Streams,
    build_id: int,
):
    await asyncio.gather(*(store.add_to_build(build_id, [Entry(f"{writer}")] * 5) for writer in range(12)))

    lines = await store.page(await streams.get(build_id), 0, 100)
    assert [line.number for line in lines] == list(range(1, 61))
    assert (await streams.get(build_id)).last_number == 60


async def test_a_batch_of_a_source_is_stored_once(store: LineStore, streams: Streams, build_id: int):
    await store.add_to_build(build_id, [Entry("one"), Entry("two")], "pen", 0)
    again = await store.add_to_build(build_id, [Entry("one"), Entry("two")], "pen", 0)
    await store.add_to_build(build_id, [Entry("three")], "pen", 2)

    assert (again.lines, again.last_number, again.next_offset) == ((), 2, 2)
    lines = await store.page(await streams.get(build_id), 0, 100)
    assert [line.text for line in lines] == ["one", "two", "three"]


async def test_pages_and_the_newest_lines_are_in_order(store: LineStore, streams: Streams, build_id: int):
    await store.add_to_build(build_id, [Entry(str(number)) for number in range(1, 11)])
    stream = await streams.get(build_id)

    assert [line.number for line in await store.page(stream, 3, 4)] == [4, 5, 6, 7]
    assert [line.number for line in await store.page(stream, 10, 4)] == []
    assert [line.number for line in await store.last(stream, 3)] == [8, 9, 10]


async def test_a_page_goes_on_behind_lines_that_were_removed(
    committed_db: Database,
    store: LineStore,
    streams: Streams,
    build_id: int,
):
    await store.add_to_build(build_id, [Entry(str(number)) for number in range(1, 31)])
    async with committed_db.session() as session:
        await session.execute(text("DELETE FROM build_lines WHERE number <= 20"))
    stream = await streams.get(build_id)

    assert [line.number for line in await store.page(stream, 3, 4)] == [21, 22, 23, 24]
    assert [line.number for line in await store.page(stream, 28, 4)] == [29, 30]
    assert [line.number for line in await store.last(stream, 20)] == list(range(21, 31))


async def test_the_cut_is_stored_with_the_stream(
    committed_db: Database,
    store: LineStore,
    streams: Streams,
    build_id: int,
):
    async with committed_db.session() as session:
        await session.execute(text("UPDATE log_streams SET size_bytes = 20 * 1024 * 1024 - 3"))

    await store.add_to_build(build_id, [Entry("abc"), Entry("d")])
    await store.add_to_build(build_id, [Entry("e"), Entry("The build failed.", Level.ERROR)])

    lines = await store.page(await streams.get(build_id), 0, 10)
    assert [(line.number, line.level) for line in lines] == [(1, Level.INFO), (2, Level.WARNING), (3, Level.ERROR)]
    assert "cut" in lines[1].text


async def test_nothing_is_stored_in_a_stream_that_is_gone_or_of_the_other_kind(
    store: LineStore,
    build_id: int,
    batch: SourceBatch,
):
    with pytest.raises(StreamNotFound):
        await store.add_to_build(build_id + 10, [Entry("x")])
    with pytest.raises(StreamNotFound):
        await store.add_to_build(batch.stream_id, [Entry("x")])
    with pytest.raises(StreamNotFound):
        await store.add_to_runtime(msgspec.structs.replace(batch, stream_id=build_id))


async def test_a_runtime_line_says_who_wrote_it(store: LineStore, streams: Streams, batch: SourceBatch):
    stored = await store.add_to_runtime(batch)

    stream = await streams.get(batch.stream_id)
    assert await store.page(stream, 0, 10) == await store.last(stream, 10) == list(stored.lines)
    assert [(line.number, line.text, line.deployment_id, line.replica) for line in stored.lines] == [
        (1, "listening", 5, 2),
        (2, "oh no", 5, 2),
    ]
    assert stored.next_offset == 20


async def test_a_batch_that_was_stored_is_not_stored_again(
    store: LineStore,
    streams: Streams,
    batch: SourceBatch,
):
    stored = await asyncio.gather(*(store.add_to_runtime(batch) for _ in range(4)))

    assert [answer.next_offset for answer in stored] == [20] * 4
    assert (await streams.get(batch.stream_id)).last_number == 2


async def test_a_batch_that_leaves_a_gap_is_sent_back_to_where_the_source_was(
    store: LineStore,
    streams: Streams,
    batch: SourceBatch,
):
    await store.add_to_runtime(batch)

    answer = await store.add_to_runtime(msgspec.structs.replace(batch, offset_bytes=30, next_offset_bytes=40))

    assert answer.next_offset == 20
    assert (await streams.get(batch.stream_id)).last_number == 2


async def test_sources_of_one_stream_share_its_numbers(store: LineStore, streams: Streams, batch: SourceBatch):
    other = msgspec.structs.replace(batch, source="edge-1/replica-2", replica=3)

    await asyncio.gather(store.add_to_runtime(batch), store.add_to_runtime(other))

    lines = await store.page(await streams.get(batch.stream_id), 0, 10)
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert {line.replica for line in lines} == {2, 3}


async def test_a_day_without_a_partition_gets_one_when_its_first_line_comes(
    committed_db: Database,
    store: LineStore,
    streams: Streams,
    batch: SourceBatch,
):
    await store.add_to_runtime(batch)
    async with committed_db.session() as session:
        await session.execute(text(f"DROP TABLE runtime_lines_{datetime.now(UTC):%Y%m%d}"))

    await store.add_to_runtime(msgspec.structs.replace(batch, offset_bytes=20, next_offset_bytes=30))

    assert [line.number for line in await store.page(await streams.get(batch.stream_id), 0, 10)] == [3, 4]


async def test_a_flood_is_counted_and_not_stored(
    committed_db: Database, store: LineStore, streams: Streams, batch: SourceBatch
):
    await store.add_to_runtime(batch)
    async with committed_db.session() as session:
        await session.execute(text("UPDATE log_streams SET day = jsonb_set(day, '{lines}', '199999')"))

    flood = msgspec.structs.replace(batch, offset_bytes=20, next_offset_bytes=900, entries=(Entry("x"),) * 800)
    stored = await store.add_to_runtime(flood)
    more = await store.add_to_runtime(msgspec.structs.replace(flood, offset_bytes=900, next_offset_bytes=1800))

    assert [line.text[:19] for line in stored.lines] == ["x", "The log is cut here"]
    assert (more.lines, more.last_number, more.next_offset) == ((), 4, 1800)
    async with committed_db.session() as session:
        assert await session.scalar(text("SELECT day->>'dropped_lines' FROM log_streams")) == "1599"
