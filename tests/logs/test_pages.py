"""Tests of reading the table for many readers."""

import asyncio
from typing import Any

import pytest

from support.waiting import eventually
from thakur.db import Database
from thakur.logs import Entry, Line, StreamNotFound
from thakur.logs import pages as pages_module
from thakur.logs.pages import PAGE_LINES, READS_AT_ONCE, Pages
from thakur.logs.store import LineStore
from thakur.logs.streams import Stream, Streams


class CountingStreams(Streams):
    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.gets = 0
        self.held = asyncio.Event()
        self.held.set()

    async def get(self, stream_id: int) -> Stream:
        self.gets += 1
        await self.held.wait()
        return await super().get(stream_id)


class CountingStore(LineStore):
    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.pages = self.running = self.most = 0

    async def page(self, stream: Stream, after: int, limit: int) -> list[Line]:
        self.pages += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            return await super().page(stream, after, limit)
        finally:
            self.running -= 1


@pytest.fixture
def streams(committed_db: Database) -> CountingStreams:
    return CountingStreams(committed_db)


@pytest.fixture
def store(committed_db: Database) -> CountingStore:
    return CountingStore(committed_db)


@pytest.fixture
async def stream_id(streams: Streams, store: LineStore, owner: Any) -> int:
    stream_id = await streams.open_build(owner.project_id, 1)
    await store.add_to_build(stream_id, [Entry("x")] * (PAGE_LINES + 100))
    return stream_id


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "READS_AT_ONCE", 1)


async def test_a_page_is_read_once_for_all_who_know_of_its_lines(
    streams: CountingStreams, store: CountingStore, stream_id: int
):
    pages = Pages(streams, store)
    stream = await pages.stream(stream_id)

    found = await asyncio.gather(*(pages.page(stream, 0) for _ in range(50)))
    rest = await asyncio.gather(*(pages.page(stream, PAGE_LINES) for _ in range(50)))

    assert {id(page) for page in found} == {id(found[0])}
    assert ([line.number for line in found[0]][-1], len(rest[0])) == (PAGE_LINES, 100)
    assert store.pages == 2


async def test_whoever_knows_of_more_lines_is_not_given_an_older_page(
    streams: CountingStreams, store: CountingStore, stream_id: int
):
    pages = Pages(streams, store)
    await pages.page(await pages.stream(stream_id), PAGE_LINES)
    await store.add_to_build(stream_id, [Entry("new")])

    page = await pages.page(await pages.stream(stream_id), PAGE_LINES)

    assert page[-1].text == "new"


async def test_whoever_asks_for_a_stream_while_it_is_read_gets_a_newer_reading(
    streams: CountingStreams, store: CountingStore, stream_id: int, one_at_a_time: None
):
    pages = Pages(streams, store)
    streams.held.clear()
    first = asyncio.ensure_future(pages.stream(stream_id))
    await eventually(lambda: streams.gets == 1)
    later = [asyncio.ensure_future(pages.stream(stream_id)) for _ in range(50)]
    await eventually(lambda: pages._readings)
    streams.held.set()

    await asyncio.gather(first, *later)

    assert streams.gets == 2


async def test_a_reader_that_leaves_does_not_take_the_others_reading_along(
    streams: CountingStreams, store: CountingStore, stream_id: int, one_at_a_time: None
):
    pages = Pages(streams, store)
    streams.held.clear()
    reading, leaving, staying = (asyncio.ensure_future(pages.stream(stream_id)) for _ in range(3))
    await eventually(lambda: streams.gets == 1 and pages._readings)

    leaving.cancel()
    streams.held.set()

    assert (await reading).id == (await staying).id == stream_id


async def test_a_failure_is_everybody_s_and_not_kept(
    streams: CountingStreams, store: CountingStore, stream_id: int, one_at_a_time: None
):
    pages = Pages(streams, store)

    found = await asyncio.gather(*(pages.stream(stream_id + 1) for _ in range(5)), return_exceptions=True)

    assert [type(failure) for failure in found] == [StreamNotFound] * 5
    assert streams.gets == 2
    with pytest.raises(StreamNotFound):
        await pages.stream(stream_id + 1)
    assert streams.gets == 3


async def test_few_pages_are_read_at_the_same_time(streams: CountingStreams, store: CountingStore, stream_id: int):
    pages = Pages(streams, store)
    stream = await pages.stream(stream_id)

    await asyncio.gather(*(pages.page(stream, after) for after in range(40)))

    assert store.pages == 40
    assert store.most == READS_AT_ONCE
