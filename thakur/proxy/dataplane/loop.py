"""The event loop: level-triggered epoll, every descriptor registered once, deadlines by a coarse sweep."""

import select
import socket
import sys
import time

READ = select.EPOLLIN
WRITE = select.EPOLLOUT
FOREVER = float("inf")
_READABLE = select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR
_EVENTS_AT_ONCE = 256


class Watched:
    """Something with a descriptor that the loop wakes: when it is ready, and when its deadline has passed."""

    __slots__ = ("deadline", "fd")

    def __init__(self) -> None:
        self.fd = -1
        self.deadline = FOREVER

    def on_readable(self) -> None:
        """There is something to read, or the other side is gone."""

    def on_writable(self) -> None:
        """There is room to write."""

    def on_deadline(self) -> None:
        """The deadline has passed."""

    def close(self) -> None:
        """Give the descriptor back."""


class Loop:
    """Wakes what it watches until `stop`."""

    def __init__(self, sweep_seconds: float) -> None:
        self.watched: dict[int, Watched] = {}
        self.now = time.monotonic()
        self._sweep_seconds = sweep_seconds
        self._epoll = select.epoll()
        self._doomed: list[socket.socket] = []
        self._is_running = True

    def add(self, fd: int, watched: Watched, interest: int = READ) -> None:
        """Watch a descriptor."""
        self.watched[fd] = watched
        self._epoll.register(fd, interest)

    def want(self, fd: int, interest: int) -> None:
        """Change what a watched descriptor waits for."""
        self._epoll.modify(fd, interest)

    def remove(self, fd: int, sock: socket.socket, *, is_shared: bool = False) -> None:
        """Forget a descriptor at once and close its socket after this batch of events.

        Until then the number cannot be given to a new connection, which would get the events of the old one. A close
        ends the watching too, unless another process shares the socket.
        """
        self.watched.pop(fd, None)
        if is_shared:
            self._epoll.unregister(fd)
        self._doomed.append(sock)

    def stop(self) -> None:
        """Leave `run` after this batch of events."""
        self._is_running = False

    def run(self) -> None:
        """Serve until `stop`."""
        poll = self._epoll.poll
        find = self.watched.get
        monotonic = time.monotonic
        sweep_at = monotonic()
        while self._is_running:
            events = poll(self._sweep_seconds, _EVENTS_AT_ONCE)
            self.now = monotonic()
            for fd, mask in events:
                watched = find(fd)
                if watched is None:
                    continue
                try:
                    if mask & WRITE:
                        watched.on_writable()
                    if mask & _READABLE and watched.fd == fd:
                        watched.on_readable()
                except Exception:  # noqa: BLE001  (the rim: a bug costs one connection, not the worker)
                    self._survive(watched)
            if self._doomed:
                self._close_doomed()
            if self.now >= sweep_at:
                sweep_at = self.now + self._sweep_seconds
                self._sweep()

    def _sweep(self) -> None:
        now = self.now
        for watched in [watched for watched in self.watched.values() if watched.deadline <= now]:
            if watched.fd < 0:
                continue
            try:
                watched.on_deadline()
            except Exception:  # noqa: BLE001  (as in run)
                self._survive(watched)
        self._close_doomed()

    def _close_doomed(self) -> None:
        for sock in self._doomed:
            sock.close()
        self._doomed.clear()

    def _survive(self, watched: Watched) -> None:
        # The interpreter's own hook: `traceback` would be a large import for what should never happen.
        sys.__excepthook__(*sys.exc_info())
        watched.close()
