"""Connections to the application: one exchange at a time, kept for the next one when it ended cleanly."""

import socket
from typing import TYPE_CHECKING

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.connection import RECEIVE_BYTES, Bytes
from thakur.proxy.dataplane.intake import BODY as CLIENT_SENDS
from thakur.proxy.dataplane.intake import WAIT as CLIENT_WAITS
from thakur.proxy.dataplane.loop import FOREVER
from thakur.proxy.dataplane.plane import Plane
from thakur.proxy.dataplane.relay import BODY, CHUNKS, HEAD, IDLE, TUNNEL, UNTIL_END, Relay, fail
from thakur.proxy.dataplane.table import Upstream

if TYPE_CHECKING:
    from thakur.proxy.dataplane.client import ClientConnection


class UpstreamConnection(Relay):
    """The writing half: requests, and what becomes of them when the application goes away."""

    __slots__ = ("is_connected", "is_done", "is_reused", "upstream")

    def __init__(self, plane: Plane, sock: socket.socket, upstream: Upstream) -> None:
        super().__init__(plane, sock)
        self.upstream = upstream
        self.is_connected = False
        self.is_reused = False
        self.is_done = False  # the response was complete before the request

    def is_alive(self) -> bool:
        """Whether the application has neither closed nor spoken out of turn."""
        try:
            self.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def begin(self, client: "ClientConnection", out: bytes) -> None:
        """Send a request."""
        self.client = client
        client.upstream = self
        self.upstream.in_flight += 1
        self.state = HEAD
        self.has_answered = False
        if self.is_connected:
            self.deadline = self.loop.now + self.plane.limits.answer_seconds
            self.write(out)
        else:
            self.deadline = self.loop.now + self.plane.limits.connect_seconds
            self.out.append(out)
            self.on_blocked()

    def pass_body(self, data: Bytes) -> None:
        """Send a part of the request's body."""
        if self.state == HEAD and self.is_connected:
            self.deadline = self.loop.now + self.plane.limits.answer_seconds
        self.write(data)
        if self.is_done:
            client = self.client
            if client is not None and client.state == CLIENT_WAITS:
                self.finish(client)

    def on_blocked(self) -> None:
        """The application reads slower than the visitor writes."""
        client = self.client
        if client is not None and client.state != CLIENT_WAITS:
            client.pause()
            client.deadline = FOREVER  # the answer's deadline counts now

    def on_writable(self) -> None:
        """Connected, or room again."""
        if not self.is_connected:
            if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.lose()
                return
            self.is_connected = True
            self.deadline = self.loop.now + self.plane.limits.answer_seconds
        if not self.flush():
            if self.state == HEAD and not self.is_done:
                self.deadline = self.loop.now + self.plane.limits.answer_seconds
            return
        client = self.client
        if client is None:
            return
        if client.has_eof and self.state == TUNNEL:
            client.close()
        elif client.state != CLIENT_WAITS:
            if client.state == CLIENT_SENDS and not client.head.expects:
                client.deadline = self.loop.now + self.plane.limits.request_body_seconds
            client.resume()

    def on_readable(self) -> None:
        """Take what came, as the state wants it."""
        client = self.client
        state = self.state
        if state == BODY and client is not None:
            self.read_body(client)
            return
        try:
            data = self.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.lose()
            return
        if client is None:
            self.close()  # closed by the application while idle, or words out of turn
        elif not data:
            self._on_end(client)
        elif state == HEAD:
            if self.is_done:
                self.lose()
            else:
                self.read_head(client, data)
        elif state == CHUNKS:
            self.read_chunks(client, data)
        else:
            if state == UNTIL_END:
                self.deadline = self.body_deadline(client)
            client.write(data)

    def on_deadline(self) -> None:
        """The application is too slow, unless it is the visitor who does not read."""
        client = self.client
        if client is None:
            self.close()
        elif client.out:
            self.deadline = self.loop.now + self.plane.limits.response_body_seconds
        elif not self.is_connected:
            self.lose()
        elif client.has_begun:
            client.cut(resets=self.state == UNTIL_END)
        else:
            fail(client, faults.UPSTREAM_SLOW)

    def finish(self, client: "ClientConnection") -> None:
        """The response is complete: into the stack for the next request, if nothing speaks against it."""
        if client.state == CLIENT_SENDS and not self.closes and not client.closes:
            # An early response: cutting the upload off now would reset it, and with it the answer.
            self.is_done = True
            self.state = HEAD
            self.deadline = FOREVER
            return
        self.is_done = False
        if self.closes or self.out or client.state != CLIENT_WAITS:
            self.close()
        else:
            self.client = None
            self.state = IDLE
            self.is_reused = True
            self.upstream.in_flight -= 1
            self.upstream.idle.append(self)
            self.deadline = self.loop.now + self.plane.limits.upstream_idle_seconds
            self.resume()
        client.upstream = None
        client.finish()
        if client.buf:
            client.advance()

    def lose(self) -> None:
        """The application has gone away: try again where that is safe, else say so."""
        client = self.client
        unsent = b"".join(self.out)
        state = self.state
        self.close()
        if client is None:
            return
        client.upstream = None
        if self.is_done:
            client.resume()  # the answer was complete: the rest of the upload goes nowhere
        elif client.has_begun:
            client.cut(resets=state == UNTIL_END or client.is_old)
        elif not self.is_connected:
            try_other(client, self.upstream, unsent)
        elif not self.has_answered and self.is_reused and client.replay:
            client.claim_again(client.replay, is_fresh=True)  # and a fresh one is not tried again
        else:
            client.fail(faults.UPSTREAM_BROKEN)
        if client.buf:
            client.advance()

    def close(self) -> None:
        """Leave the upstream's stack or give its exchange up."""
        if not self.release():
            return
        if self.state != IDLE:
            self.upstream.in_flight -= 1
        elif self in self.upstream.idle:
            self.upstream.idle.remove(self)
        self.state = IDLE
        self.client = None

    def _on_end(self, client: "ClientConnection") -> None:
        if self.state in (UNTIL_END, TUNNEL):
            self.closes = True
            self.finish(client)
        else:
            self.lose()


def try_other(client: "ClientConnection", upstream: Upstream, out: bytes) -> None:
    """This upstream takes no connection: each of the pool's others is asked once."""
    upstream.rests_until = client.loop.now + client.plane.limits.upstream_rest_seconds
    client.tries += 1
    if client.pool is None or client.tries >= len(client.pool.upstreams):
        client.fail(faults.UPSTREAM_REFUSED)
    else:
        client.claim_again(out, other_than=upstream)
