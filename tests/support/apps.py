"""Upstream applications on raw sockets, told by a test how to answer and how to misbehave."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Exchange:
    """One request as the application got it, and the connection that it came on."""

    def __init__(self, app: "App", reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        self.app = app
        self.reader = reader
        self.writer = writer
        self.head = head
        self.body = b""
        self.line = head.partition(b"\r\n")[0].decode()
        self.path = self.line.split(" ")[1]

    def field(self, name: str) -> list[str]:
        """All values of a field."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return [
            value.strip() for key, _, value in (line.partition(":") for line in lines) if key.lower() == name.lower()
        ]

    async def read_body(self) -> bytes:
        if self.field("content-length"):
            self.body = await self.reader.readexactly(int(self.field("content-length")[0]))
        elif self.field("transfer-encoding"):
            while True:
                size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
                if size == 0:
                    while await self.reader.readuntil(b"\r\n") != b"\r\n":
                        pass
                    break
                self.body += await self.reader.readexactly(size)
                await self.reader.readuntil(b"\r\n")
        return self.body

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Cut the connection with a RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.close()

    async def ended(self) -> None:
        """Wait until the proxy has closed its side."""
        while await self.reader.read(65536):
            pass


Answer = Callable[[Exchange], Awaitable[None]]


class App:
    """A running application: what it was asked, on how many connections."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.exchanges: list[Exchange] = []
        self.accepted = 0
        self.open = 0
        self.port = 0
        self.writers: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self.open += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                exchange = Exchange(self, reader, writer, head)
                self.exchanges.append(exchange)
                await self.answer(exchange)
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            self.writers.discard(writer)
            writer.close()


@contextlib.asynccontextmanager
async def running_app(answer: Answer | bytes = OK, port: int = 0) -> AsyncIterator[App]:
    """An application that gives each request this answer, after its body, or that does what the function does."""
    app = App(answer if callable(answer) else _always(answer))
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Noted before its task begins: one that is canceled first would leave its connection open.
        app.writers.add(writer)
        tasks.add(asyncio.get_running_loop().create_task(app.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", port, limit=1 << 20)
    app.port = server.sockets[0].getsockname()[1]
    try:
        yield app
    finally:
        server.close()
        for writer in list(app.writers):
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        failures = [result for result in results if isinstance(result, Exception)]
        assert not failures, failures


def _always(data: bytes) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.read_body()
        await exchange.send(data)

    return answer


def refused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
