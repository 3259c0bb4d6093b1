"""Tests of log streams as the rest of the house uses them."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from support.waiting import eventually
from thakur.db import Database
from thakur.logs import Cleared, Entry, Level, Logs, LogSink, SourceBatch
from thakur.logs import service as service_module
from thakur.logs.hub import Hub, News
from thakur.logs.service import LocalLogs

LINES = 6_000
READERS = 20


@pytest.fixture
async def elsewhere(committed_db: Database) -> AsyncIterator[LocalLogs]:
    """The logs of another process: same database, own hub."""
    other = LocalLogs(committed_db)
    await other.start()
    yield other
    await other.stop()


class ForgetfulHub(Hub):
    """Drops one piece of news in ten."""

    def publish(self, stream_id: int, news: News) -> None:
        if random.random() > 0.1:
            super().publish(stream_id, news)


async def read_with_cuts(logs: Logs, stream_id: int, seed: int) -> tuple[list[int], int]:
    """Follow the stream to its end like a viewer whose connection is cut at random; returns what it saw."""
    dice = random.Random(seed)
    seen: list[int] = []
    connections = 0
    while True:
        connections += 1
        patience = dice.randint(1, 40)
        async with aclosing(logs.tail(stream_id, seen[-1] if seen else 0)) as tail:
            async for batch in tail:
                seen += [line.number for line in batch]
                patience -= 1
                if patience == 0:
                    break
            else:
                return seen, connections


@pytest.mark.walk
async def test_every_reader_gets_every_line_once_however_often_it_is_cut(logs: LocalLogs, stream_id: int):
    logs._hub = logs._watch._hub = ForgetfulHub()
    readers = [asyncio.ensure_future(read_with_cuts(logs, stream_id, seed)) for seed in range(READERS)]
    pen = logs.writer(stream_id)

    for number in range(LINES):
        pen.output(b"line %d\n" % number)
        if random.random() < 0.02:
            await pen.flush()
    await pen.flush()
    await logs.end(stream_id)

    for reader in readers:
        seen, connections = await reader
        assert seen == list(range(1, LINES + 1))
    assert connections > 1, "nobody was cut: this test means nothing"


async def test_lines_of_another_process_are_seen(logs: LocalLogs, elsewhere: LocalLogs, stream_id: int):
    async with aclosing(logs.tail(stream_id, 0)) as tail:
        waiting = asyncio.ensure_future(anext(tail))
        await eventually(logs._hub.readers)
        await elsewhere.append(stream_id, [Entry("from the worker", Level.DEPLOY)])

        assert [line.text for line in await waiting] == ["from the worker"]


async def test_lines_of_another_process_come_at_once_through_redis(committed_db: Database, redis_url: str, owner: Any):
    worker, api = (LocalLogs(committed_db, redis_url) for _ in range(2))
    for one in (worker, api):
        one._watch._interval_seconds = 3600.0
        await one.start()
    stream_id = await worker.open_build(owner.project_id, 1)
    heard: list[Any] = []

    async def read() -> None:
        async for item in api.tail(stream_id, 0):
            heard.extend([item] if isinstance(item, Cleared) else [[line.text for line in item]])

    reading = asyncio.ensure_future(read())
    await eventually(api._hub.readers)

    async def append(text: str) -> None:
        await worker.append(stream_id, [Entry(text)])
        await eventually(lambda: heard and heard[-1] == [text])

    await append("one")
    await append("two")
    await worker.clear(stream_id)
    await eventually(lambda: heard[-1] == Cleared(2))
    await worker.end(stream_id)
    await asyncio.wait_for(reading, 5)
    for one in (worker, api):
        await one.stop()


async def test_the_end_is_seen_in_this_process_and_in_another(
    logs: LocalLogs,
    elsewhere: LocalLogs,
    stream_id: int,
):
    async def read(reader: Logs) -> list[str]:
        return [line.text async for batch in reader.tail(stream_id, 0) for line in batch]

    here, there = asyncio.ensure_future(read(logs)), asyncio.ensure_future(read(elsewhere))
    await eventually(lambda: logs._hub.readers() and elsewhere._hub.readers())
    await logs.append(stream_id, [Entry("last words")])
    await logs.end(stream_id)
    await logs.end(stream_id)

    assert await here == ["last words"]
    assert await there == ["last words"]


async def test_a_stream_that_is_opened_again_goes_on(logs: LocalLogs, owner: Any, stream_id: int):
    await logs.append(stream_id, [Entry("first attempt")])
    await logs.end(stream_id)

    assert await logs.open_build(owner.project_id, 1) == stream_id
    async with aclosing(logs.tail(stream_id, 0)) as tail:
        assert [line.number for line in await anext(tail)] == [1]
        await logs.append(stream_id, [Entry("second attempt")])
        assert [line.number for line in await anext(tail)] == [2]


async def test_appended_texts_become_lines_and_the_last_number_is_told(logs: LocalLogs, stream_id: int):
    assert await logs.append(stream_id, [Entry("one\ntwo", Level.ERROR), Entry("a\0b")]) == 3
    assert await logs.append(stream_id, []) == 3

    lines = await logs.page(stream_id, 0, 10)
    assert [(line.level, line.text) for line in lines] == [
        (Level.ERROR, "one"),
        (Level.ERROR, "two"),
        (Level.INFO, "a\ufffdb"),
    ]
    assert await logs.last(stream_id, 2) == lines[1:]


async def test_what_a_replica_writes_is_followed_live_and_stored_once(logs: LocalLogs, owner: Any):
    stream_id = await logs.open_runtime(owner.project_id, owner.environment_id)
    batch = SourceBatch(
        stream_id=stream_id,
        source="edge-1/replica-1",
        deployment_id=5,
        edge_id=1,
        replica=1,
        offset_bytes=0,
        next_offset_bytes=11,
        entries=(Entry("one\ntwo"), Entry("three")),
    )
    sink: LogSink = logs

    async with aclosing(logs.tail(stream_id, 0)) as tail:
        waiting = asyncio.ensure_future(anext(tail))
        await eventually(logs._hub.readers)
        assert await sink.store(batch) == 11
        assert await sink.store(batch) == 11

        assert [line.text for line in await waiting] == ["one", "two", "three"]
    assert len(await logs.page(stream_id, 0, 10)) == 3


async def test_stopping_stores_what_pens_still_hold(logs: LocalLogs, elsewhere: LocalLogs, stream_id: int):
    pen = elsewhere.writer(stream_id)
    pen.output(b"one\nunfinished")

    await elsewhere.stop()

    assert [line.text for line in await logs.page(stream_id, 0, 10)] == ["one", "unfinished"]


async def test_a_deleted_project_s_lines_are_removed(logs: LocalLogs, owner: Any, stream_id: int):
    await logs.append(stream_id, [Entry("x")])

    await logs.project_deleted(owner.project_id)
    await logs.project_deleted(owner.project_id)

    assert await logs.page(stream_id, 0, 10) == []


async def test_stopping_does_not_wait_for_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(service_module, "STOP_SECONDS", 0.05)
    away = LocalLogs(Database("postgresql+psycopg://nobody@/none?host=/nonexistent"))
    away.writer(1).write("nobody will read this")

    await away.stop()

    assert caplog.records[-1].message == "log lines that waited for the database are lost"


async def test_a_retired_pen_adds_nothing_and_the_next_one_does(
    logs: LocalLogs, elsewhere: LocalLogs, stream_id: int
) -> None:
    old = elsewhere.writer(stream_id)
    old.write("before")
    await old.flush()

    await logs.retire_writers(stream_id)
    old.write("too late")
    new = logs.writer(stream_id)
    new.write("after")
    await asyncio.gather(old.flush(), new.flush())
    old.write("again")
    await old.flush()

    assert [line.text for line in await logs.page(stream_id, 0, 10)] == ["before", "after"]
