"""Servers that answer every request with a word of their own, slowly if asked, and can die in the middle."""

import asyncio
from typing import Self

from thakur.proxy import Pool, Upstream


class WordServer:
    """`async with WordServer("blue") as server:` listens on a free port of this process."""

    def __init__(self, word: str, delay_seconds: float = 0.0) -> None:
        self.word = word
        self.answered = 0
        self.hosts: set[str] = set()
        self._delay_seconds = delay_seconds
        self._clients: set[_Client] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Client(self), "127.0.0.1", 0)
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.die()

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    def pool(self, pool_id: str) -> Pool:
        return Pool(id=pool_id, upstreams=(Upstream("127.0.0.1", self.port),))

    def die(self) -> None:
        """As after kill -9: nobody listens, and every connection is cut."""
        assert self._server
        self._server.close()
        for client in list(self._clients):
            client.cut()


class _Client(asyncio.Protocol):
    def __init__(self, server: WordServer) -> None:
        self._owner = server
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._owner._clients.add(self)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head, self._rest = self._rest[:end], self._rest[end + 4 :]
            self._owner.hosts |= {
                line[6:].decode() for line in head.split(b"\r\n") if line.lower().startswith(b"host: ")
            }
            asyncio.get_running_loop().call_later(self._owner._delay_seconds, self._answer)

    def connection_lost(self, failure: Exception | None) -> None:
        self._owner._clients.discard(self)

    def cut(self) -> None:
        self._transport.abort()

    def _answer(self) -> None:
        if self._transport.is_closing():
            return
        body = f"this is {self._owner.word}\n".encode() * 10
        self._owner.answered += 1
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
