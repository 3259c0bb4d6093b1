"""One place where the API listens: an app behind an address or a unix socket, embedded in this process."""

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

from thakur.background import Tasks
from thakur.errors import Unavailable
from thakur.settings import Address
from thakur.sockets import SocketDirectory

LOCAL_SOCKET = "local.sock"
START_SECONDS = 10.0
# Granian's own default is 128: as many open log pages would leave nobody else a connection.
CONNECTIONS = 4_096
BACKLOG = 1_024
POLL_SECONDS = 0.01
DRAIN_SECONDS = 10.0

log = logging.getLogger(__name__)


class ListenerFailed(Unavailable):
    """An API listener did not come up."""

    code = "listener_failed"


class Listener:
    """Granian with one app. It has no drain deadline of its own, so `stop` brings one.

    `hand_over` is told of a socket that accepts, to give it to whoever may open it.
    """

    def __init__(
        self, app: Any, where: Address | Path, tasks: Tasks, hand_over: Callable[[Path], None] | None = None
    ) -> None:
        self._where = where
        self._hand_over = hand_over
        self._tasks = tasks
        self._sockets: SocketDirectory | None = None
        shared: dict[str, Any] = {
            "interface": Interfaces.ASGI,
            "log_enabled": False,
            "websockets": False,
            "backlog": BACKLOG,
            "backpressure": CONNECTIONS,
        }
        if isinstance(where, Address):
            self._server = Server(app, address=where.host, port=where.port, **shared)
        else:
            where.unlink(missing_ok=True)
            self._sockets = SocketDirectory(where.parent, where.name)
            self._server = Server(app, uds=where, **shared)
            # Granian follows links, and a path by descriptor is one: it would be back at the long path.
            self._server.bind_uds = self._sockets.path / where.name
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when a connection is accepted. Raises ListenerFailed."""
        self._serving = self._tasks.spawn(self._server.serve(), f"listen on {self._where}")
        try:
            async with asyncio.timeout(START_SECONDS):
                while not self._serving.done() and not await asyncio.to_thread(self._is_accepting):
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            pass
        else:
            if not self._serving.done():
                if self._hand_over is not None and isinstance(self._where, Path):
                    self._hand_over(self._where)
                return
        raise ListenerFailed(f"The API does not come up on {self._where}")

    async def stop(self) -> None:
        """Close the door at once, then let requests end for at most 10 s."""
        if self._serving is not None and not self._serving.done():
            self._server.stop()  # type: ignore[no-untyped-call]
            _, unfinished = await asyncio.wait([self._serving], timeout=DRAIN_SECONDS)
            if unfinished:
                log.warning("requests were cut at the end", extra={"listener": str(self._where)})
                self._serving.cancel()
        if self._sockets is not None and isinstance(self._where, Path):
            self._where.unlink(missing_ok=True)
            self._sockets.close()

    def _is_accepting(self) -> bool:
        if isinstance(self._where, Address):
            family = socket.AF_INET6 if ":" in self._where.host else socket.AF_INET
            address: tuple[str, int] | str = (self._where.host, self._where.port)
        else:
            assert self._sockets is not None
            family, address = socket.AF_UNIX, self._sockets.address(self._where.name)
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            return probe.connect_ex(address) == 0
