"""One non-blocking socket: what cannot be sent at once waits, and whoever produces it is told to pause."""

import socket

from thakur.proxy.dataplane.loop import READ, WRITE, Loop, Watched

RECEIVE_BYTES = 64 * 1024  # larger reads make the allocator map and fault fresh pages each time

Bytes = bytes | memoryview


class Connection(Watched):
    """Subclasses decide what a pause, a drained output and the end mean."""

    __slots__ = ("interest", "is_write_dead", "loop", "out", "recv", "recv_into", "send", "sock")

    def __init__(self, loop: Loop, sock: socket.socket, interest: int = READ) -> None:
        self.loop = loop
        self.sock = sock
        self.fd = sock.fileno()
        self.recv = sock.recv
        self.recv_into = sock.recv_into
        self.send = sock.send
        self.out: list[bytes] = []
        self.interest = interest
        self.is_write_dead = False
        loop.add(self.fd, self, interest)

    def on_blocked(self) -> None:
        """Output waits: nothing more should be produced for now."""

    def want(self, interest: int) -> None:
        """Wait for these events only."""
        if interest != self.interest and self.fd >= 0:
            self.interest = interest
            self.loop.want(self.fd, interest)

    def pause(self) -> None:
        """Read no more for now."""
        self.want(self.interest & ~READ)

    def resume(self) -> None:
        """Read again."""
        self.want(self.interest | READ)

    def write(self, data: Bytes) -> None:
        """Send what goes at once and keep the rest.

        A failure is not told here: the socket then reports an error to read, after what the other side still had to say.
        """
        if self.out:
            self.out.append(bytes(data))
            self.on_blocked()
            return
        if self.is_write_dead:
            return
        try:
            sent = self.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.is_write_dead = True
            return
        if sent < len(data):
            self.out.append(bytes(data[sent:]))
            self.want(self.interest | WRITE)
            self.on_blocked()

    def flush(self) -> bool:
        """Send what waits; true when nothing waits any more."""
        out = self.out
        try:
            while out:
                sent = self.send(out[0])
                if sent < len(out[0]):
                    out[0] = out[0][sent:]
                    return False
                del out[0]
        except BlockingIOError:
            return False
        except OSError:
            self.is_write_dead = True
            out.clear()
        self.want(self.interest & ~WRITE)
        return True

    def release(self) -> bool:
        """Leave the loop and give the socket back; false when that was done before."""
        if self.fd < 0:
            return False
        self.loop.remove(self.fd, self.sock)
        self.fd = -1
        self.out.clear()
        return True
