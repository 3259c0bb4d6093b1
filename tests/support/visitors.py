"""A visitor on a raw socket, who reads answers strictly and sends whatever it is told."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

_STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) [ -~]*\r\n")


class Response:
    """An answer: `is_complete` says whether its framing was kept to the end."""

    def __init__(self, head: bytes) -> None:
        match = _STATUS.match(head)
        assert match, head
        self.head = head
        self.status = int(match.group(1))
        self.body = b""
        self.is_complete = False

    def field(self, name: str) -> list[str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return [
            value.strip() for key, _, value in (line.partition(":") for line in lines) if key.lower() == name.lower()
        ]

    @property
    def closes(self) -> bool:
        return self.field("connection") == ["close"]


class Visitor:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def response(self, *, is_head: bool = False) -> Response:
        """The next answer, interim ones too. A cut one comes back with `is_complete` false."""
        response = Response(await self.reader.readuntil(b"\r\n\r\n"))
        assert not (response.field("content-length") and response.field("transfer-encoding"))
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            if is_head or response.status < 200 or response.status in (204, 304):
                pass
            elif response.field("transfer-encoding"):
                await self._read_chunks(response)
            elif response.field("content-length"):
                await self._read_exactly(response, int(response.field("content-length")[0]))
            else:
                assert response.closes, response.head
                response.body = await self.reader.read()
            response.is_complete = True
        return response

    async def ask(self, data: bytes, *, is_head: bool = False) -> Response:
        await self.send(data)
        return await self.response(is_head=is_head)

    async def is_ended(self, within_seconds: float = 5) -> bool:
        """Whether the proxy closes the connection and sends nothing more before."""
        async with asyncio.timeout(within_seconds):
            try:
                return await self.reader.read(1) == b""
            except ConnectionError:
                return True

    async def _read_chunks(self, response: Response) -> None:
        chunks = []
        try:
            while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
                chunks.append(await self.reader.readexactly(size))
                assert await self.reader.readexactly(2) == b"\r\n"
            while await self.reader.readuntil(b"\r\n") != b"\r\n":
                pass
        finally:
            response.body = b"".join(chunks)

    async def _read_exactly(self, response: Response, size: int) -> None:
        try:
            response.body += await self.reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            response.body += error.partial
            raise


@contextlib.asynccontextmanager
async def visiting(port: int) -> AsyncIterator[Visitor]:
    """A connection to a worker's public port."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        yield Visitor(reader, writer)
    finally:
        writer.transport.abort()


async def ask(port: int, data: bytes, *, is_head: bool = False) -> Response:
    """One request on a connection of its own."""
    async with visiting(port) as visitor:
        return await visitor.ask(data, is_head=is_head)


def get(path: str = "/", host: str = "app.test", fields: str = "", method: str = "GET") -> bytes:
    """A plain request; `fields` are further header lines, each with its CRLF."""
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n".encode()
