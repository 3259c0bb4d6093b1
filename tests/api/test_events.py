import asyncio
import json

import pytest

from support.listeners import listening
from support.services import entries, make_build
from support.waiting import eventually
from thakur.api import events as events_module
from thakur.logs import Level

LOGS = "/api/v1/projects/shop/builds/3/logs"


@pytest.fixture
async def socket_path(local_app, doubles, short_path, operator):
    await doubles.projects.create(operator, "shop")
    doubles.builds.rows[1, 3] = make_build(1, 3)
    async with listening(local_app, short_path / "local.sock") as path:
        yield path


async def opened(path, url, **headers):
    reader, writer = await asyncio.open_unix_connection(path)
    lines = [f"GET {url} HTTP/1.1", "Host: x", "Connection: close", "Accept: text/event-stream"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    return head.decode().lower(), reader, writer


async def whole(path, url, **headers):
    head, reader, writer = await opened(path, url, **headers)
    body = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return head, body.decode()


def numbers(body):
    return [int(line.removeprefix("id: ")) for line in body.split("\n") if line.startswith("id: ")]


async def test_a_stream_gives_each_line_its_number_and_ends(socket_path, doubles):
    await doubles.logs.append(103, entries("cloned", "two\nlines \u2028 here", level=Level.DEPLOY))
    await doubles.logs.end(103)

    head, body = await whole(socket_path, LOGS)

    assert "content-type: text/event-stream" in head
    assert numbers(body) == [1, 2]
    data = [json.loads(line.removeprefix("data: ")) for line in body.split("\n") if line.startswith('data: {"')]
    assert data[1]["text"] == "two\nlines \u2028 here"
    assert data[0]["level"] == "deploy"
    assert body.endswith("event: end\ndata: {}\n\n\r\n0\r\n\r\n")


async def test_lines_come_live(socket_path, doubles):
    _, reader, writer = await opened(socket_path, LOGS)
    await eventually(lambda: doubles.logs.tails)

    await doubles.logs.append(103, entries("late"))

    assert b"late" in await asyncio.wait_for(reader.readuntil(b"late"), 2)
    writer.close()


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("", {"last_event_id": "2"}, [3, 4]),
        ("?after=3", {}, [4]),
        ("?after=1", {"last_event_id": "3"}, [4]),
        ("?after=9", {}, []),
    ],
)
async def test_a_stream_goes_on_after_the_last_line_seen(socket_path, doubles, query, headers, expected):
    await doubles.logs.append(103, entries("a", "b", "c", "d"))
    await doubles.logs.end(103)
    _, body = await whole(socket_path, LOGS + query, **headers)
    assert numbers(body) == expected


async def test_a_reader_that_leaves_ends_its_tail(socket_path, doubles):
    _, _, writer = await opened(socket_path, LOGS)
    await eventually(lambda: doubles.logs.tails == 1)
    writer.close()
    await eventually(lambda: doubles.logs.tails == 0)


async def test_stopping_ends_streams_without_an_end(socket_path, doubles, stopping):
    _, reader, writer = await opened(socket_path, LOGS)
    await eventually(lambda: doubles.logs.tails == 1)

    stopping.set()

    body = await asyncio.wait_for(reader.read(), 2)
    assert b"event: end" not in body
    assert doubles.logs.tails == 0
    writer.close()


async def test_a_silent_stream_is_kept_alive(socket_path, doubles):
    doubles.logs.ping_seconds = 0.02
    _, reader, writer = await opened(socket_path, LOGS)
    for _ in range(3):
        await asyncio.wait_for(reader.readuntil(b": ping\n\n"), 2)
    writer.close()


async def test_a_tail_that_breaks_ends_the_stream_without_an_end(socket_path, doubles, caplog):
    async def broken(stream_id, after):
        yield (await doubles.logs.last(103, 1))[0:1]
        raise OSError("database away")

    await doubles.logs.append(103, entries("a"))
    doubles.logs.tail = broken
    _, body = await whole(socket_path, LOGS)
    assert numbers(body) == [1]
    assert "event: end" not in body
    assert [record.message for record in caplog.records] == ["log stream broke"]


async def test_a_runtime_stream_begins_with_its_newest_lines(socket_path, doubles):
    await doubles.logs.append(1001, entries(*"abcdef"))
    await doubles.logs.end(1001)
    _, body = await whole(socket_path, "/api/v1/projects/shop/logs?limit=2")
    assert numbers(body) == [5, 6]


async def test_an_unreadable_last_event_id_is_refused(socket_path):
    head, body = await whole(socket_path, LOGS, last_event_id="x")
    assert " 422 " in head
    assert json.loads(body[body.index("{") : body.rindex("}") + 1])["field"] == "Last-Event-ID"


async def test_readers_are_told_of_a_clear_without_a_new_id(socket_path, doubles):
    await doubles.logs.append(103, entries("a", "b"))
    _, reader, writer = await opened(socket_path, LOGS)
    await asyncio.wait_for(reader.readuntil(b"id: 2\n"), 2)

    await doubles.logs.clear(103)
    told = await asyncio.wait_for(reader.readuntil(b"event: cleared\n"), 2)
    data = await asyncio.wait_for(reader.readuntil(b"\n\n"), 2)
    await doubles.logs.append(103, entries("c"))

    assert b"id:" not in told.partition(b"\n\n")[2]
    assert data == b'data: {"goes_on_from":3}\n\n'
    await asyncio.wait_for(reader.readuntil(b"id: 3\n"), 2)
    writer.close()


async def test_more_streams_than_a_listener_takes_are_refused(socket_path, doubles, monkeypatch):
    monkeypatch.setattr(events_module, "MOST_STREAMS", 1)
    _, _, writer = await opened(socket_path, LOGS)
    await eventually(lambda: doubles.logs.tails == 1)

    head, body = await whole(socket_path, LOGS)

    assert " 503 " in head
    assert "streams_taken" in body
    writer.close()
    await eventually(lambda: doubles.logs.tails == 0)
    await doubles.logs.end(103)
    assert " 200 " in (await whole(socket_path, LOGS))[0]


async def test_readers_of_one_stream_share_what_was_encoded(socket_path, doubles, monkeypatch):
    calls = []
    encoded = events_module.encoded
    monkeypatch.setattr(events_module, "encoded", lambda lines: calls.append(lines) or encoded(lines))
    batch = (await doubles.logs.append(103, entries("a", "b")), tuple(doubles.logs.lines[103]))[1]

    async def tail(stream_id, after):
        yield batch

    doubles.logs.tail = tail
    for _ in range(3):
        assert numbers((await whole(socket_path, LOGS))[1]) == [1, 2]

    assert calls == [batch]
