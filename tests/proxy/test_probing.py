import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from thakur.proxy import ProbeFailed
from thakur.proxy.probing import ask, request


class Door:
    """A worker's door that says always the same; `asked` is what it was asked last."""

    def __init__(self, path: Path, says: bytes, *, hangs: bool) -> None:
        self.address = str(path / "door.sock")
        self.asked = b""
        self._says = says
        self._hangs = hangs
        self.visits: list[asyncio.Task[None] | None] = []

    async def open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append(asyncio.current_task())
        self.asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(self._says)
        if self._hangs:
            with contextlib.suppress(ConnectionError):
                await reader.read()
        writer.close()


@asynccontextmanager
async def door(tmp_path: Path, says: bytes, *, hangs: bool = False) -> AsyncIterator[Door]:
    made = Door(tmp_path, says, hangs=hangs)
    server = await asyncio.start_unix_server(made.open, made.address)
    yield made
    server.close()
    await asyncio.wait(made.visits)


async def probe(door: Door, within_seconds: float = 5) -> int:
    return (await ask(door.address, "p1", "shop.localhost", "/up", within_seconds)).status


async def test_the_pool_is_asked_as_a_visitor_would_ask_the_host(tmp_path: Path) -> None:
    async with door(tmp_path, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as asked:
        await probe(asked)

    first, second, *fields = asked.asked.decode().split("\r\n")
    assert (first, second) == ("PROBE p1", "GET /up HTTP/1.1")
    assert fields[:4] == ["Host: shop.localhost", "User-Agent: thakur-health", "Accept: */*", "Connection: close"]


@pytest.mark.parametrize(
    ("says", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200),
        (b"HTTP/1.1 200 OK\r\n\r\n", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204),
        (b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /en\r\nContent-Length: 0\r\n\r\n", 307),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 1\r\n\r\nx", 500),
    ],
)
async def test_the_status_is_what_the_application_said(tmp_path: Path, says: bytes, status: int) -> None:
    async with door(tmp_path, says) as asked:
        assert await probe(asked) == status


async def test_the_beginning_of_a_long_body_is_enough(tmp_path: Path) -> None:
    async with door(tmp_path, b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nx", hangs=True) as asked:
        assert await probe(asked) == 200


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (b"", "closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nConte", "closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "cut before its body"),
        (b"220 mail.example.com ESMTP\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 502 Bad Gateway\r\nThakur-State: failed\r\n\r\nIt takes no connection.\n", "takes no connection"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "did not pass"),
    ],
)
async def test_no_answer_is_a_failure_with_its_reason(tmp_path: Path, says: bytes, reason: str) -> None:
    async with door(tmp_path, says) as asked:
        with pytest.raises(ProbeFailed) as raised:
            await probe(asked)

    assert reason in raised.value.message


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"])
async def test_an_answer_that_does_not_come_in_time_is_a_failure(tmp_path: Path, says: bytes) -> None:
    async with door(tmp_path, says, hangs=True) as asked:
        with pytest.raises(ProbeFailed) as raised:
            await probe(asked, within_seconds=0.05)

    assert raised.value.message == "No answer within 0.05 s."


async def test_a_worker_that_is_away_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ProbeFailed):
        await ask(str(tmp_path / "none.sock"), "p1", "shop.localhost", "/", 5)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/"),
        ("up", "/up"),
        ("/a b?q=é&r=%20", "/a%20b?q=%C3%A9&r=%20"),
        ("/x HTTP/1.1\r\nEvil: 1\r\n\r\n", "/x%20HTTP/1.1%0D%0AEvil:%201%0D%0A%0D%0A"),
    ],
)
def test_a_path_cannot_become_more_than_a_path(path: str, target: str) -> None:
    assert request("p", "h", path).split(b"\r\n")[1].decode() == f"GET {target} HTTP/1.1"
