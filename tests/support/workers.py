"""A real proxy worker as its own process, and a controller that speaks its wire protocol."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from thakur.proxy.dataplane.wire import Decoder, Message, encode

WORKER = Path(__file__).parents[2] / "thakur" / "proxy" / "dataplane" / "worker.py"
KEY = "0123456789abcdef"
# Small ones, so that a test of a deadline does not wait for it.
QUICK = {"sweep_seconds": 0.05}


class Controller:
    """The control side of one worker's control socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = Decoder()
        self._messages: list[Message] = []

    @classmethod
    async def connect(cls, path: str, key: str = KEY) -> "Controller":
        # In one go: a worker that hangs up on silence must not mistake a busy loop for it.
        line = socket.socket(socket.AF_UNIX)
        line.connect(path)
        line.sendall(encode({"kind": "hello", "key": key}))
        line.setblocking(False)
        return cls(*await asyncio.open_unix_connection(sock=line))

    async def send(self, **message: Any) -> None:
        self._writer.write(encode(message))
        await self._writer.drain()

    async def receive(self, kind: str, within_seconds: float = 5) -> Message:
        """The next message of this kind; others are kept for later."""
        async with asyncio.timeout(within_seconds):
            while True:
                for message in self._messages:
                    if message["kind"] == kind:
                        self._messages.remove(message)
                        return message
                data = await self._reader.read(65536)
                if not data:
                    raise ConnectionResetError("the worker closed the control connection")
                self._messages += self._decoder.feed(data)

    def has(self, kind: str) -> bool:
        """Whether such a message has come already."""
        return any(message["kind"] == kind for message in self._messages)

    def close(self) -> None:
        self._writer.transport.abort()


class Worker:
    """A running worker; `table` puts routes in force."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, directory: Path, controller: Controller) -> None:
        self.process = process
        self.port = port
        self.door = str(directory / "probe.sock")
        self.orders = str(directory / "control.sock")
        self.journal_path = directory / "stderr"
        self.controller = controller
        self.version = 0

    async def table(self, pools: list[dict[str, Any]], routes: dict[str, str]) -> None:
        self.version += 1
        await self.controller.send(kind="table", version=self.version, pools=pools, routes=routes)
        answer = await self.controller.receive("ack")
        assert answer["version"] == self.version

    async def serve(self, *ports: int, host: str = "app.test", pool_id: str = "p1") -> None:
        """One host, one pool of upstreams on these ports."""
        await self.table([pool(pool_id, *ports)], {host: pool_id})

    async def status(self) -> Message:
        await self.controller.send(kind="status")
        return await self.controller.receive("status")

    async def requests_in_flight(self) -> int:
        return sum((await self.status())["in_flight"].values())

    def open_descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())

    def memory_bytes(self, field: str = "Rss") -> int:
        for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        raise LookupError(field)

    def journal(self) -> str:
        return self.journal_path.read_text()


def pool(pool_id: str, *ports: int, **more: Any) -> dict[str, Any]:
    """A pool as a table tells it."""
    return {
        "id": pool_id,
        "upstreams": [["127.0.0.1", port] for port in ports],
        "directory": None,
        "is_spa": False,
    } | more


@contextlib.asynccontextmanager
async def running_worker(
    *,
    limits: dict[str, float] | None = None,
    static_root: Path | None = None,
    options: tuple[str, ...] = (),
    program: tuple[str, ...] = (),
    has_table: bool = True,
) -> AsyncIterator[Worker]:
    """A worker on a free port, with a controller connected; killed at the end, and its stderr must show no traceback."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        directory = Path(name)
        visitors = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        door = stack.enter_context(_unix_listener(directory / "probe.sock"))
        orders = stack.enter_context(_unix_listener(directory / "control.sock"))
        stderr = stack.enter_context((directory / "stderr").open("wb"))
        fds = (visitors.fileno(), door.fileno(), orders.fileno())
        argv = [
            *(program or (sys.executable, "-I", "-S")),
            *(str(WORKER), "--home", str(WORKER.parents[3])),
            *("--listen", str(fds[0]), "--probe", str(fds[1]), "--control", str(fds[2])),
            *("--static-root", str(static_root or directory)),
            *(part for limit, value in (QUICK | (limits or {})).items() for part in ("--limit", f"{limit}={value}")),
            *options,
        ]
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=stderr, pass_fds=fds, start_new_session=True)
        try:
            assert process.stdin is not None
            process.stdin.write(KEY.encode())
            process.stdin.close()
            controller = await Controller.connect(str(directory / "control.sock"))
            await controller.receive("hello", within_seconds=20)
            worker = Worker(process, visitors.getsockname()[1], directory, controller)
            visitors.close()
            stack.callback(controller.close)
            if has_table:
                await worker.table([], {})
            yield worker
            assert "Traceback" not in worker.journal(), worker.journal()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _unix_listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(16)
    return listener
