import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.log_sinks import MemorySink
from support.waiting import eventually
from thakur.background import Tasks
from thakur.logs import LINE_BYTES, Level
from thakur.runtime.edge.replicas.homes import Home
from thakur.runtime.edge.tailing import growing
from thakur.runtime.edge.tailing import tail as tailing
from thakur.runtime.edge.tailing.tail import BATCH_LINES, Origin, Tail, cut_lines, last_lines
from thakur.security import Redactor

ORIGIN = Origin(stream_id=7, name="1/5-12-0", deployment_id=5, edge_id=1, replica=0)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


def _write(home: Home, data: bytes) -> None:
    with home.output.open("ab") as file:
        file.write(data)


async def test_lines_arrive_once_in_order_with_their_offsets(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    tail = Tail(home, ORIGIN, sink, tasks)
    _write(home, b"one\r\ntwo\n")
    await eventually(lambda: len(sink.entries()) == 2)
    _write(home, "drei €\n".encode())
    await tail.finish(5)

    assert sink.texts() == ["one", "two", "drei €"]
    assert all(entry.level is Level.INFO and entry.at is not None for entry in sink.entries())
    assert [(batch.offset_bytes, batch.next_offset_bytes) for batch in sink.batches] == [(0, 9), (9, 18)]
    batch = sink.batches[0]
    assert (batch.stream_id, batch.source, batch.deployment_id, batch.edge_id, batch.replica) == (
        7,
        "1/5-12-0",
        5,
        1,
        0,
    )


async def test_an_unfinished_line_waits_a_second_for_its_rest(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    Tail(home, ORIGIN, sink, tasks)
    _write(home, b"whole\nhal")
    await eventually(lambda: sink.texts() == ["whole"])
    _write(home, b"f a line\nprompt> ")
    await eventually(lambda: sink.texts() == ["whole", "half a line"])

    began_at = asyncio.get_running_loop().time()
    await eventually(lambda: sink.texts() == ["whole", "half a line", "prompt> "])
    assert asyncio.get_running_loop().time() - began_at > 0.7


async def test_the_end_is_read_to_the_last_byte(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    tail = Tail(home, ORIGIN, sink, tasks)
    _write(home, b"".join(b"line %d\n" % number for number in range(3 * BATCH_LINES)) + b"last words")

    await tail.finish(5)
    await tail.finish(5)

    assert len(sink.entries()) == 3 * BATCH_LINES + 1
    assert sink.texts()[-1] == "last words"


async def test_nothing_is_lost_while_the_sink_is_away(
    home: Home, sink: MemorySink, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    sink.failures_to_come = 3
    tail = Tail(home, ORIGIN, sink, tasks)
    _write(home, b"one\ntwo\n")
    await eventually(lambda: sink.failures_to_come == 0)
    _write(home, b"three\n")
    await tail.finish(5)

    assert sink.texts() == ["one", "two", "three"]
    assert caplog.text.count("log sink failed") == 1


async def test_a_sink_that_knows_more_is_believed(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    # As after a restart: the first tail's lines are stored, the second begins at the front again.
    _write(home, b"one\ntwo\n")
    await Tail(home, ORIGIN, sink, tasks).finish(5)
    _write(home, b"three\n")
    await Tail(home, ORIGIN, sink, tasks).finish(5)

    assert sink.texts() == ["one", "two", "three"]


async def test_a_notice_comes_after_what_was_written_before_it(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    tail = Tail(home, ORIGIN, sink, tasks)
    for number in range(200):
        _write(home, b"output %d\n" % number)
        if number % 10 == 9:
            tail.say(f"notice {number}", Level.ERROR)
            await asyncio.sleep(0)
    await tail.finish(5)

    texts = sink.texts()
    assert len(texts) == 220
    assert all(texts.index(f"notice {number}") > texts.index(f"output {number}") for number in range(9, 200, 10))
    assert sink.texts(Level.ERROR) == [f"notice {number}" for number in range(9, 200, 10)]


async def test_a_secret_reaches_neither_the_sink_nor_stays_in_the_file(
    home: Home, sink: MemorySink, tasks: Tasks
) -> None:
    tail = Tail(home, ORIGIN, sink, tasks, Redactor(["hunter2hunter2", "line one\nline two"]))
    _write(home, b"my password is hunter2")
    await asyncio.sleep(0)
    _write(home, b"hunter2!\nline one\n")
    await eventually(lambda: len(sink.entries()) == 2)
    tail.say("It said hunter2hunter2.")
    _write(home, b"line two, at the end: hunter2hunter2")
    await tail.finish(5)

    assert sink.texts(Level.INFO) == [
        "my password is [redacted]!",
        "[redacted]",
        "[redacted], at the end: [redacted]",
    ]
    assert sink.texts(Level.DEPLOY) == ["It said [redacted]."]
    assert home.output.read_bytes() == (
        b"my password is **************!\n********\n********, at the end: **************"
    )
    assert b"hunter2" not in home.notices.read_bytes()


async def test_an_unfinished_line_never_shows_the_beginning_of_a_secret(
    home: Home, sink: MemorySink, tasks: Tasks
) -> None:
    tail = Tail(home, ORIGIN, sink, tasks, Redactor(["hunter2hunter2"]))
    _write(home, b"prompt> hunter2hun")
    await eventually(lambda: sink.texts() == ["prompt> "])

    _write(home, b"ter2 it was\n")
    await tail.finish(5)

    assert sink.texts() == ["prompt> ", "[redacted] it was"]


async def test_a_secret_waits_in_the_file_while_the_sink_is_away(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    sink.failures_to_come = 2
    tail = Tail(home, ORIGIN, sink, tasks, Redactor(["hunter2hunter2"]))
    _write(home, b"hunter2hunter2\n")
    await tail.finish(5)

    assert sink.texts() == ["[redacted]"]


@given(st.integers(0, 40), st.sampled_from(["hunter2hunter2", "ababab", "x" * 3000]))
def test_a_long_line_is_cut_through_no_secret(before: int, secret: str) -> None:
    redactor = Redactor([secret])
    data = b"-" * (LINE_BYTES - before) + secret.encode() * 3 + b"-" * LINE_BYTES

    lines, used = cut_lines(data, is_end=True, redactor=redactor)

    assert used == len(data)
    assert b"".join(lines) == data
    shown = b"".join(redactor.redact(line) for line in lines).replace(b"[redacted]", b"")
    assert shown == redactor.redact(data).replace(b"[redacted]", b"")


def test_the_last_lines_hold_no_secret_and_no_half_of_one(home: Home) -> None:
    _write(home, b"hunter2hunter2" * 10_000 + b"\nlast: hunter2hunter2\n")

    assert last_lines(home.output, Redactor(["hunter2hunter2"])) == ("last: [redacted]",)


async def test_a_file_that_never_comes_is_no_trouble(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    await Tail(home, ORIGIN, sink, tasks).finish(5)

    assert sink.batches == []


async def test_a_nul_byte_does_not_reach_the_sink(home: Home, sink: MemorySink, tasks: Tasks) -> None:
    _write(home, b"a\0b \xff\n")
    await Tail(home, ORIGIN, sink, tasks).finish(5)

    assert sink.texts() == ["a\ufffdb \ufffd"]


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])), max_size=20))
def test_cutting_loses_nothing(lines: list[str]) -> None:
    data = "\n".join(lines).encode()

    found, used = cut_lines(data, is_end=True)

    assert used == len(data)
    assert b"\n".join(found) == data.removesuffix(b"\n") or b"\n".join(found) + b"\n" == data


def test_a_line_that_is_too_long_is_cut_between_characters() -> None:
    data = b"x" * (LINE_BYTES - 1) + "€".encode() + b"y" * 10 + b"\nnext\n"

    lines, used = cut_lines(data, is_end=False)

    assert [len(line) for line in lines] == [LINE_BYTES - 1, 13, 4]
    assert lines[1].decode() == "€" + "y" * 10
    assert used == len(data)


def test_a_line_of_exactly_the_limit_is_one_line() -> None:
    assert cut_lines(b"x" * LINE_BYTES + b"\n", is_end=False) == ([b"x" * LINE_BYTES], LINE_BYTES + 1)


def test_the_last_lines_are_the_newest_fifty(home: Home) -> None:
    assert last_lines(home.output) == ()
    _write(home, b"".join(b"line %d\n" % number for number in range(10_000)))

    assert last_lines(home.output) == tuple(f"line {number}" for number in range(9_950, 10_000))


async def test_a_long_output_is_cut_off_and_every_line_still_arrives_once(
    home: Home, sink: MemorySink, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "MOST_BYTES", 64 * 1024)
    monkeypatch.setattr(growing, "KEPT_BYTES", 32 * 1024)
    tail = Tail(home, ORIGIN, sink, tasks)
    for burst in range(8):
        _write(home, b"".join(b"line %d of a burst\n" % number for number in range(burst * 500, burst * 500 + 500)))
        await eventually(lambda end=500 * (burst + 1): len(sink.entries()) == end)
    await eventually(lambda: home.output.stat().st_size <= 64 * 1024)
    await tail.finish(5)
    _write(home, b"after a restart\n")
    await Tail(home, ORIGIN, sink, tasks).finish(5)

    assert sink.texts() == [*(f"line {number} of a burst" for number in range(4000)), "after a restart"]


async def test_output_that_comes_too_fast_is_cut_and_told_of_once_a_minute(
    home: Home, sink: MemorySink, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "MOST_BYTES", 64 * 1024)
    monkeypatch.setattr(growing, "KEPT_BYTES", 32 * 1024)
    sink.failures_to_come = 3
    flood = b"".join(b"line %d\n" % number for number in range(100_000))
    _write(home, flood)
    tail = Tail(home, ORIGIN, sink, tasks)

    await eventually(lambda: sink.texts(Level.INFO)[-1:] == ["line 99999"])
    _write(home, flood)
    await eventually(lambda: len(sink.texts(Level.INFO)) > 4_000)
    (told,) = sink.texts(Level.WARNING)
    monkeypatch.setattr(tailing, "TOLD_EVERY_SECONDS", 0.0)
    _write(home, b"quiet again\n")
    await tail.finish(5)

    assert home.output.stat().st_size <= 64 * 1024
    assert told == "1.1 MB of output are missing here: it came faster than it could be stored."
    assert sink.texts(Level.WARNING) == [told, told]
    assert sink.texts()[-1] == "quiet again"
    numbers = [int(text.removeprefix("line ")) for text in sink.texts(Level.INFO)[:-1]]
    first, second = numbers[: numbers.index(99_999) + 1], numbers[numbers.index(99_999) + 1 :]
    assert first == list(range(first[0], 100_000))
    assert second == list(range(second[0], 100_000))
    assert sink.entries()[0].text == told


async def test_a_sink_that_is_away_for_long_does_not_fill_the_disk(
    home: Home, sink: MemorySink, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "MOST_BYTES", 64 * 1024)
    monkeypatch.setattr(growing, "KEPT_BYTES", 32 * 1024)
    monkeypatch.setattr(tailing, "FIRST_RETRY_SECONDS", 60.0)
    monkeypatch.setattr(tailing, "LAST_RETRY_SECONDS", 60.0)
    sink.failures_to_come = 1
    Tail(home, ORIGIN, sink, tasks)
    _write(home, b"one\n")
    await eventually(lambda: sink.failures_to_come == 0)

    _write(home, b"line\n" * 100_000)

    await eventually(lambda: home.output.stat().st_size <= 64 * 1024)
    assert sink.entries() == []
