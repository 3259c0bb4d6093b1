import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bench.strict import StrictLoad

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[str]:
    talks: list[asyncio.Task[None] | None] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    yield f"{host}:{port}"
    listening.close()
    await asyncio.wait(talks)


def saying(answer: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return serve


def hanging_up_after(answer: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    return serve


async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()


async def keeping_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def test_times_are_told_of_what_was_sent_in_a_span() -> None:
    async with server(saying(RIGHT)) as address, StrictLoad(address, "h", ["hello"], kept=1, fresh=1) as load:
        await load.until(20)

    assert 0 < load.p99_ms(lambda _: True) == load.report().p99_ms
    assert load.p99_ms(lambda _: False) == 0


async def test_right_replies_are_counted_by_their_word() -> None:
    async with server(saying(RIGHT)) as address, StrictLoad(address, "h", ["hello", "bye"], kept=2, fresh=2) as load:
        await load.until(50)

    report = load.report()
    assert report.failed == 0
    assert report.words == {"hello": report.requests}
    assert 0 < report.p50_ms <= report.p99_ms <= report.max_ms


@pytest.mark.parametrize(
    ("serve", "kind"),
    [
        (hanging_up_after(b""), "closed"),
        (hanging_up_after(RIGHT[:20]), "truncated"),
        (hanging_up_after(RIGHT[:-1]), "truncated"),
        (hanging_up_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), "truncated"),
        (saying(RIGHT.replace(b"hello", b"olleh")), "wrong_body"),
        (saying(RIGHT.replace(b"200", b"502")), "status"),
        (saying(b"SSH-2.0-OpenSSH\r\n\r\n"), "malformed"),
        (resetting, "reset"),
        (keeping_silent, "timeout"),
    ],
)
async def test_each_wrong_reply_is_counted_as_what_it_is(serve: Serve, kind: str) -> None:
    async with (
        server(serve) as address,
        StrictLoad(address, "h", ["hello"], kept=1, fresh=1, reply_seconds=0.1) as load,
    ):
        await load.until(4)

    assert set(load.report().failures) == {kind}
    assert load.report().failed == load.report().requests


async def test_a_server_that_is_away_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    async with StrictLoad(f"127.0.0.1:{port}", "h", ["hello"], kept=1, fresh=1) as load:
        await load.until(2)

    assert set(load.report().failures) == {"refused"}


async def test_a_connection_is_given_up_when_the_server_says_so() -> None:
    polite = RIGHT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

    async with (
        server(hanging_up_after(polite)) as address,
        StrictLoad(address, "h", ["hello"], kept=2, fresh=0) as load,
    ):
        await load.until(20)

    assert load.report().failed == 0


async def test_a_kept_connection_that_ends_without_a_word_is_a_failure() -> None:
    async with server(hanging_up_after(RIGHT)) as address, StrictLoad(address, "h", ["hello"], kept=1, fresh=0) as load:
        await load.until(10)

    assert load.report().failures.keys() <= {"closed", "reset"}
    assert load.report().failed > 0


async def test_more_than_the_reply_is_a_failure() -> None:
    async with (
        server(saying(RIGHT + b"extra")) as address,
        StrictLoad(address, "h", ["hello"], kept=1, fresh=0) as load,
    ):
        await load.until(10)

    assert load.report().failed > 0


async def test_a_chunked_reply_is_read_to_its_end() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"

    async with server(saying(chunked)) as address, StrictLoad(address, "h", ["hello"], kept=2, fresh=2) as load:
        await load.until(20)

    assert load.report().failed == 0
