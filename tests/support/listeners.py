"""A listener on a unix socket: the API's app behind the server that production uses."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

from support.waiting import eventually


@asynccontextmanager
async def listening(app: Any, path: Path) -> AsyncIterator[Path]:
    """Serve `app` at `path` in this loop."""
    server = Server(
        app, uds=path, interface=Interfaces.ASGI, log_enabled=False, websockets=False, backlog=1024, backpressure=4096
    )
    serving = asyncio.get_running_loop().create_task(server.serve())
    await eventually(lambda: _answers(path))
    try:
        yield path
    finally:
        server.stop()
        await asyncio.wait_for(serving, 5)


@contextmanager
def listening_apart(make_app: Callable[[], Any], path: Path) -> Iterator[asyncio.AbstractEventLoop]:
    """Serve what `make_app` makes at `path` from a thread with a loop of its own; yields that loop."""
    started: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    is_up = threading.Event()

    async def serve() -> None:
        over = asyncio.Event()
        async with listening(make_app(), path):
            started.append((asyncio.get_running_loop(), over))
            is_up.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert is_up.wait(10), "the listener did not start"
    loop, over = started[0]
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        assert not thread.is_alive(), "the listener did not stop"


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0
