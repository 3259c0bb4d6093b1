"""Tests of lines that go before their stream does."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy import text

from support.waiting import eventually
from thakur.db import Database
from thakur.logs import Cleared, Entry, StreamNotFound
from thakur.logs import clearing as clearing_module
from thakur.logs.clearing import Clearing
from thakur.logs.service import LocalLogs
from thakur.logs.store import LineStore
from thakur.logs.streams import Streams

SECONDS = 5


async def count(db: Database) -> int:
    async with db.session() as session:
        return int(await session.scalar(text("SELECT count(*) FROM build_lines")) or 0)


async def test_lines_that_are_marked_are_shown_to_nobody_and_go_in_steps(
    committed_db: Database, owner: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clearing_module, "REMOVED_LINES", 10)
    streams, store, clearing = Streams(committed_db), LineStore(committed_db), Clearing(committed_db)
    stream_id = await streams.open_build(owner.project_id, 1)
    await store.add_to_build(stream_id, [Entry("old")] * 25)

    marked = await clearing.mark(stream_id)
    await store.add_to_build(stream_id, [Entry("new")] * 2)

    assert marked.cleared_number == 25
    assert await count(committed_db) == 27
    stream = await streams.get(stream_id)
    assert [line.number for line in await store.page(stream, 0, 100)] == [26, 27]
    assert [line.number for line in await store.last(stream, 100)] == [26, 27]

    await clearing.remove(marked)
    await clearing.remove(marked)
    assert await count(committed_db) == 2


async def test_what_a_crash_left_half_cleared_is_removed_by_the_next_start(committed_db: Database, owner: Any):
    streams, clearing = Streams(committed_db), Clearing(committed_db)
    stream_id = await streams.open_build(owner.project_id, 1)
    await LineStore(committed_db).add_to_build(stream_id, [Entry("secret")] * 3)
    await clearing.mark(stream_id)
    await LineStore(committed_db).add_to_build(stream_id, [Entry("later")])

    later = LocalLogs(committed_db)
    await later.start()

    async def is_removed() -> bool:
        return await count(committed_db) == 1

    await eventually(is_removed)
    await later.stop()
    assert [line.text for line in await later.page(stream_id, 0, 10)] == ["later"]


async def test_the_lines_of_a_project_are_removed_in_steps_and_nobody_else_s(
    committed_db: Database, owner: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clearing_module, "REMOVED_LINES", 10)
    streams, store, clearing = Streams(committed_db), LineStore(committed_db), Clearing(committed_db)
    async with committed_db.session() as session:
        other_id = await session.scalar(
            text("INSERT INTO projects (team_id, name) SELECT team_id, 'blog' FROM projects RETURNING id"),
        )
    ours, theirs = await streams.open_build(owner.project_id, 1), await streams.open_build(other_id, 1)
    for stream_id in (ours, theirs):
        await store.add_to_build(stream_id, [Entry("x")] * 25)

    await clearing.remove_project(owner.project_id)
    await clearing.remove_project(owner.project_id)

    assert await store.page(await streams.get(ours), 0, 100) == []
    assert len(await store.page(await streams.get(theirs), 0, 100)) == 25


async def test_a_stream_that_is_gone_cannot_be_cleared(logs: LocalLogs, stream_id: int):
    with pytest.raises(StreamNotFound):
        await logs.clear(stream_id + 1)


async def test_whoever_follows_is_told_and_goes_on(logs: LocalLogs, stream_id: int):
    await logs.append(stream_id, [Entry("one"), Entry("two")])
    async with aclosing(logs.tail(stream_id, 0)) as tail:
        assert [line.number for line in await anext(tail)] == [1, 2]
        waiting = asyncio.ensure_future(anext(tail))
        await eventually(lambda: all(reader.is_idle for (reader,) in logs._hub.readers().values()))

        assert await logs.clear(stream_id) == 2

        assert await waiting == Cleared(2)
        await logs.append(stream_id, [Entry("three")])
        assert [line.number for line in await anext(tail)] == [3]


@pytest.mark.parametrize(("after", "is_told"), [(0, False), (1, True), (2, True), (3, False)])
async def test_a_reader_that_comes_back_is_told_if_it_saw_what_is_gone(
    logs: LocalLogs, stream_id: int, after: int, is_told: bool
):
    await logs.append(stream_id, [Entry("one"), Entry("two")])
    await logs.clear(stream_id)
    await logs.append(stream_id, [Entry("three"), Entry("four")])
    await logs.end(stream_id)

    found = [item async for item in logs.tail(stream_id, after)]

    assert (found[0] == Cleared(2)) is is_told
    assert [line.number for line in found[-1]] == list(range(max(after, 2) + 1, 5))


@pytest.mark.walk
async def test_clearing_while_lines_arrive_holds_nobody_up(logs: LocalLogs, stream_id: int):
    async def read() -> list[int]:
        numbers: list[int] = []
        async for item in logs.tail(stream_id, 0):
            numbers += [] if isinstance(item, Cleared) else [line.number for line in item]
        return numbers

    readers = [asyncio.ensure_future(read()) for _ in range(10)]
    pen = logs.writer(stream_id)
    for number in range(3_000):
        pen.output(b"line %d\n" % number)
        if number % 250 == 200:
            await pen.flush()
            await logs.clear(stream_id)
            readers.append(asyncio.ensure_future(read()))
    await pen.flush()
    await logs.end(stream_id)

    for seen in await asyncio.wait_for(asyncio.gather(*readers), 4 * SECONDS):
        assert seen == sorted(set(seen))
        assert seen[-1] == 3_000
