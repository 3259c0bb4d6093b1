"""Tests of the pen."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from support.waiting import eventually
from thakur.background import Tasks
from thakur.db import Database, DatabaseUnavailable
from thakur.logs import BUILD_LINES, Entry, Level, Line
from thakur.logs import writer as writer_module
from thakur.logs.store import LineStore, Stored
from thakur.logs.streams import Streams
from thakur.logs.writer import FLUSH_LINES, Pen
from thakur.security import Redactor


class Desk:
    """A stream and a store that can be told to fail before or after it has stored."""

    def __init__(self, db: Database, tasks: Tasks) -> None:
        self.store = LineStore(db)
        self.streams = Streams(db)
        self.tasks = tasks
        self.stream_id = 0
        self.failures_before: list[Exception] = []
        self.failures_after: list[Exception] = []
        self.batches: list[int] = []

    async def open(self, project_id: int) -> Pen:
        self.stream_id = await self.streams.open_build(project_id, 1)
        return self.pen()

    def pen(self, *secrets: str) -> Pen:
        return Pen(self.stream_id, self.add, self.tasks, Redactor(secrets))

    async def add(self, stream_id: int, entries: Sequence[Entry], source: str, offset: int) -> Stored:
        if self.failures_before:
            raise self.failures_before.pop()
        stored = await self.store.add_to_build(stream_id, entries, source, offset)
        self.batches.append(len(entries))
        if self.failures_after:
            raise self.failures_after.pop()
        return stored

    async def lines(self, limit: int = 10_000, after: int = 0) -> list[Line]:
        return await self.store.page(await self.streams.get(self.stream_id), after, limit)

    async def texts(self) -> list[str]:
        return [line.text for line in await self.lines()]


@pytest.fixture
async def desk(committed_db: Database) -> AsyncIterator[Desk]:
    tasks = Tasks()
    yield Desk(committed_db, tasks)
    await tasks.stop()


@pytest.fixture
async def pen(desk: Desk, owner: Any) -> Pen:
    return await desk.open(owner.project_id)


async def test_what_is_written_is_stored_without_a_flush(desk: Desk, pen: Pen):
    pen.write("Cloned", Level.DEPLOY)
    pen.output(b"installing\nunfinished")

    await eventually(desk.texts)

    assert [(line.level, line.text) for line in await desk.lines()] == [
        (Level.DEPLOY, "Cloned"),
        (Level.INFO, "installing"),
    ]
    await eventually(lambda: len(desk.tasks) == 0)


async def test_a_flush_stores_everything_also_an_unfinished_line(desk: Desk, pen: Pen):
    pen.output(b"one\ntw")
    pen.output(b"o\nthree without end")
    await pen.flush()
    assert await desk.texts() == ["one", "two", "three without end"]

    await pen.flush()
    pen.output(b"four\n")
    await pen.flush()
    assert await desk.texts() == ["one", "two", "three without end", "four"]


async def test_our_words_come_after_the_output_before_them(desk: Desk, pen: Pen):
    pen.output(b"50%\r100%")
    pen.write("Built\nin 3 s", Level.SUCCESS)
    await pen.flush()

    assert await desk.texts() == ["100%", "Built", "in 3 s"]


async def test_the_order_stays_while_batches_are_stored(desk: Desk, pen: Pen):
    for number in range(6000):
        pen.output(b"%d\n" % number)
        if number % 100 == 0:
            await asyncio.sleep(0)
        if number % 2500 == 0:
            await asyncio.gather(pen.flush(), pen.flush())
    await pen.flush()

    assert await desk.texts() == [str(number) for number in range(6000)]
    assert max(desk.batches) <= FLUSH_LINES


async def test_pens_of_one_stream_write_one_after_the_other(desk: Desk, pen: Pen):
    pen.write("build")
    await pen.flush()
    other = desk.pen()
    other.write("deployment")
    await other.flush()
    pen.write("build again")
    await pen.flush()

    assert await desk.texts() == ["build", "deployment", "build again"]


async def test_a_store_that_fails_is_asked_again(desk: Desk, pen: Pen, caplog: pytest.LogCaptureFixture):
    desk.failures_before = [DatabaseUnavailable("away")] * 2
    pen.write("one")
    pen.write("two")

    with caplog.at_level(logging.WARNING):
        await pen.flush()

    assert await desk.texts() == ["one", "two"]
    assert [record.message for record in caplog.records] == ["log lines wait for the database"]


async def test_a_batch_whose_answer_was_lost_is_stored_once(desk: Desk, pen: Pen):
    desk.failures_after = [DatabaseUnavailable("cut off at the commit")]
    pen.write("one")
    await pen.flush()
    pen.write("two")
    await pen.flush()

    assert await desk.texts() == ["one", "two"]


async def test_a_flush_that_is_canceled_stores_nothing_twice(desk: Desk, pen: Pen):
    for number in range(3000):
        pen.write(str(number))
    flush = asyncio.ensure_future(pen.flush())
    await eventually(lambda: desk.batches)
    flush.cancel()
    await pen.flush()

    assert await desk.texts() == [str(number) for number in range(3000)]


async def test_a_flush_has_a_deadline(desk: Desk, pen: Pen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer_module, "FLUSH_WAIT_SECONDS", 0.05)
    desk.failures_before = [DatabaseUnavailable("away")]
    pen.write("one")

    with pytest.raises(DatabaseUnavailable, match=r"within 0.05 s"):
        await pen.flush()

    await eventually(desk.texts)
    assert await desk.texts() == ["one"]


async def test_a_stream_that_is_gone_takes_what_is_written_and_drops_it(desk: Desk, pen: Pen, committed_db: Database):
    async with committed_db.connection() as connection:
        await connection.execute("DELETE FROM log_streams")

    pen.write("nobody will read this")
    await pen.flush()
    pen.write("nor this")
    await pen.flush()

    assert await desk.streams.find([desk.stream_id]) == {}


async def test_output_beyond_the_limit_is_neither_kept_nor_stored(desk: Desk, pen: Pen):
    for _ in range(BUILD_LINES // 1000 + 20):
        pen.output(b"x\n" * 1000)
    waiting = len(pen._waiting)
    pen.write("The build failed.", Level.ERROR)
    await pen.flush()

    assert waiting <= BUILD_LINES + 1
    last = await desk.lines(after=BUILD_LINES - 1)
    assert [(line.number, line.level) for line in last] == [
        (BUILD_LINES, Level.INFO),
        (BUILD_LINES + 1, Level.WARNING),
        (BUILD_LINES + 2, Level.ERROR),
    ]


async def test_many_bytes_are_cut_too(desk: Desk, pen: Pen):
    line = b"x" * 8000 + b"\n"
    for _ in range(400):
        pen.output(line * 10)
    await pen.flush()

    stream = await desk.streams.get(desk.stream_id)
    assert stream.last_number == 20 * 1024 * 1024 // 8000 + 1
    assert (await desk.lines(after=stream.last_number - 1))[0].level is Level.WARNING


async def test_a_secret_is_stored_nowhere_also_when_it_comes_in_two_reads(desk: Desk, pen: Pen):
    redacting = desk.pen("hunter2hunter2", "x" * 9000)
    redacting.output(b"before hunter2")
    redacting.output(b"hunter2 after\nlong: " + b"x" * 5000)
    redacting.output(b"x" * 4000 + b"\n40% hunter2hunter2\r100%\nnot yet: hunter2hunter")
    redacting.write("We never say hunter2hunter2", Level.DEPLOY)
    redacting.output(b"2\nhunter2hun")
    await redacting.flush()

    assert await desk.texts() == [
        "before [redacted] after",
        "long: [redacted]",
        "100%",
        "not yet: hunter2hunter",
        "We never say [redacted]",
        "2",
        "hunter2hun",
    ]
