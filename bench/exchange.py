"""One HTTP exchange on one socket, read to its last byte."""

import asyncio
import contextlib
import socket
from dataclasses import dataclass

RECEIVE_BYTES = 64 * 1024
KINDS = ("refused", "reset", "closed", "truncated", "malformed", "status", "wrong_body", "timeout")


class Failure(Exception):
    """One wrong reply; `kind` is one of KINDS."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer."""

    status: int
    closes: bool
    body: bytes


class Connection:
    """One socket: read by hand, because a stream reader forgets what came before a reset."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._rest = b""

    @classmethod
    async def open(cls, address: tuple[str, int]) -> "Connection":
        opened = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM)
        opened.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(opened, address)
        except BaseException:
            opened.close()
            raise
        return cls(opened)

    async def exchange(self, question: bytes) -> Reply:
        """Send one request and read its reply to the end. Raises Failure, OSError."""
        if self._rest:
            raise Failure("malformed", f"more than the reply: {self._rest[:40]!r}")
        with contextlib.suppress(ConnectionError):
            # What the server said before it hung up tells more than the reset does.
            await asyncio.get_running_loop().sock_sendall(self._socket, question)
        status, fields = _parse(await self._through(b"\r\n\r\n", "closed"))
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body = await self._chunks()
        elif "content-length" in fields:
            body = await self._exactly(int(fields["content-length"]))
        else:
            body = await self._all()
        closes = fields.get("connection", "").lower() == "close" or not fields.keys() & {
            "content-length",
            "transfer-encoding",
        }
        return Reply(status, closes, body)

    def close(self) -> None:
        self._socket.close()

    async def _chunks(self) -> bytes:
        body = b""
        while True:
            line = await self._through(b"\r\n", "truncated")
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError as error:
                raise Failure("malformed", f"chunk size {line[:40]!r}") from error
            chunk = await self._exactly(size + 2)
            if not size:
                return body
            body += chunk[:-2]

    async def _through(self, end: bytes, kind_at_eof: str) -> bytes:
        while (at := self._rest.find(end)) < 0:
            data = await self._receive()
            if not data:
                raise Failure("truncated" if self._rest else kind_at_eof, repr(self._rest[:60]) if self._rest else "")
            self._rest += data
        found, self._rest = self._rest[:at], self._rest[at + len(end) :]
        return found

    async def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            data = await self._receive()
            if not data:
                raise Failure("truncated", f"{len(self._rest)} of {size} bytes")
            self._rest += data
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    async def _all(self) -> bytes:
        while data := await self._receive():
            self._rest += data
        found, self._rest = self._rest, b""
        return found

    async def _receive(self) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self._socket, RECEIVE_BYTES)


def _parse(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if not words[0].startswith("HTTP/1.") or len(words) < 2 or not words[1].isdigit():
        raise Failure("malformed", repr(first[:60]))
    fields = (line.partition(":") for line in lines)
    return int(words[1]), {name.lower(): value.strip() for name, _, value in fields}
