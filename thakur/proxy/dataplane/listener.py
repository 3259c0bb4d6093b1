"""Listening sockets: new visitors come in here, and the private door that lets a health check choose the pool."""

import errno
import socket

from thakur.proxy.dataplane.client import ClientConnection
from thakur.proxy.dataplane.connection import RECEIVE_BYTES
from thakur.proxy.dataplane.faults import ERROR, WARNING
from thakur.proxy.dataplane.head import RequestHead
from thakur.proxy.dataplane.loop import FOREVER, READ, Watched
from thakur.proxy.dataplane.plane import Plane
from thakur.proxy.dataplane.table import Pool
from thakur.proxy.dataplane.trust import is_trusted

_ACCEPTS_AT_ONCE = 32
_SHORTAGES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_KNOCK_BYTES = 300


class Listener(Watched):
    """Accepts while there are descriptors; a shortage makes it pause until the next sweep instead of spinning."""

    __slots__ = ("is_open", "plane", "sock")

    def __init__(self, plane: Plane, sock: socket.socket) -> None:
        super().__init__()
        self.plane = plane
        self.sock = sock
        self.fd = sock.fileno()
        self.is_open = False
        plane.loop.add(self.fd, self, 0)

    def open(self) -> None:
        """Begin to accept; until then whoever connects waits in the socket's queue."""
        if self.fd >= 0 and not self.is_open:
            self.is_open = True
            self.plane.loop.want(self.fd, READ)

    def welcome(self, sock: socket.socket, address: bytes) -> None:
        """Serve a new connection, unless its address has enough of them."""
        plane = self.plane
        if plane.crowd.is_too_many(address) and not is_trusted(address, plane.table.trusted):
            plane.journal.write(WARNING, "too many connections of one address", address=address.decode())
            sock.close()
            return
        ClientConnection(plane, sock, address)

    def is_full(self) -> bool:
        """Whether one more would be too many."""
        return self.plane.connections >= self.plane.connections_limit

    def on_readable(self) -> None:
        """Let visitors in."""
        for _ in range(_ACCEPTS_AT_ONCE):
            if self.is_full():
                self._pause()
                return
            try:
                sock, peer = self.sock.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _SHORTAGES:
                    self.plane.journal.write(ERROR, "no descriptor for a visitor", connections=self.plane.connections)
                    self._pause()
                return
            sock.setblocking(False)
            self.welcome(sock, _address(peer))

    def on_deadline(self) -> None:
        """Try again."""
        self.deadline = FOREVER
        self.plane.loop.want(self.fd, READ)

    def close(self) -> None:
        """Take no more visitors."""
        if self.fd >= 0:
            # The control part holds the same socket, so epoll would report its visitors even after our close.
            self.plane.loop.remove(self.fd, self.sock, is_shared=True)
            self.fd = -1

    def _pause(self) -> None:
        self.plane.loop.want(self.fd, 0)
        self.deadline = self.plane.loop.now


class Door(Listener):
    """The private door, for health checks."""

    __slots__ = ()

    def welcome(self, sock: socket.socket, address: bytes) -> None:
        """Serve a new connection."""
        ProbeConnection(self.plane, sock, address)


class ProbeConnection(ClientConnection):
    """Says `PROBE <pool id>` once, and from then on is a visitor whose every request goes to that pool."""

    __slots__ = ("pool_id",)

    def __init__(self, plane: Plane, sock: socket.socket, address: bytes) -> None:
        super().__init__(plane, sock, address)
        self.pool_id: str | None = None

    def find_pool(self, head: RequestHead) -> Pool | None:
        """The pool that was asked for, if it is in force."""
        super().find_pool(head)
        return self.plane.table.pools.get(self.pool_id or "")

    def on_readable(self) -> None:
        """Read the first line, then as a visitor's."""
        if self.pool_id is not None:
            super().on_readable()
            return
        try:
            data = self.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        line, end, rest = (self.buf + data).partition(b"\r\n")
        asks = line.startswith(b"PROBE " if end else b"PROBE "[: len(line)])
        if not data or not asks or len(line) > _KNOCK_BYTES:
            self.close()
        elif not end:
            self.buf = line
        else:
            self.pool_id = line.removeprefix(b"PROBE ").decode("latin-1")
            self.buf = rest
            self.advance()


def _address(peer: object) -> bytes:
    if not isinstance(peer, tuple):
        return b"127.0.0.1"
    return str(peer[0]).removeprefix("::ffff:").partition("%")[0].encode()
