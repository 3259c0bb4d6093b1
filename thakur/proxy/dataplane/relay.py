"""An application's bytes in, a response out: the head is read, the body framed and passed on as it comes."""

import socket
from abc import abstractmethod
from typing import TYPE_CHECKING

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.chunks import MALFORMED, MORE, Chunks
from thakur.proxy.dataplane.connection import Connection
from thakur.proxy.dataplane.faults import Fault, Refused
from thakur.proxy.dataplane.head import CHUNKED, LENGTH, NO_BODY, UNTIL_CLOSE
from thakur.proxy.dataplane.intake import BODY as CLIENT_SENDS
from thakur.proxy.dataplane.loop import FOREVER, READ, WRITE
from thakur.proxy.dataplane.plane import Plane
from thakur.proxy.dataplane.response import ResponseHead, read_response

if TYPE_CHECKING:
    from thakur.proxy.dataplane.client import ClientConnection

# What is expected next: nothing (IDLE), a response's head, or its body in one of three framings; TUNNEL after an upgrade.
IDLE, HEAD, BODY, CHUNKS, UNTIL_END, TUNNEL = range(6)


class Relay(Connection):
    """The reading half of a connection to an application."""

    __slots__ = ("body_left", "chunks", "client", "closes", "has_answered", "memo", "plane", "rest", "state")

    def __init__(self, plane: Plane, sock: socket.socket) -> None:
        super().__init__(plane.loop, sock, READ | WRITE)
        self.plane = plane
        self.client: ClientConnection | None = None
        self.state = IDLE
        self.closes = False
        self.has_answered = False
        self.rest = b""
        self.body_left = 0
        self.chunks: Chunks | None = None
        self.memo: ResponseHead | None = None  # the last one: many answers within a second are alike

    @abstractmethod
    def finish(self, client: "ClientConnection") -> None:
        """The response is complete."""

    @abstractmethod
    def lose(self) -> None:
        """The application has gone away."""

    def read_head(self, client: "ClientConnection", data: bytes) -> None:
        """Take what may be a response's head, or several: interim ones come first."""
        self.has_answered = True
        if self.rest:
            data = self.rest + data
            self.rest = b""
        while data:
            end = data.find(b"\r\n\r\n") + 4
            if end == 3 or end > self.plane.limits.head_bytes:
                if len(data) > self.plane.limits.head_bytes:
                    fail(client, faults.UPSTREAM_MALFORMED)
                else:
                    self.rest = data
                return
            head = self.memo
            raw = data[:end]
            if head is None or head.raw != raw:
                try:
                    head = read_response(raw)
                except Refused as refused:
                    fail(client, refused.fault)
                    return
                self.memo = head if self.plane.limits.memo else None
            if head.status >= 200:
                self._begin_response(client, head, data, end)
                return
            data = data[end:]
            if head.status == 101:
                self._begin_tunnel(client, head, data)
                return
            self._pass_interim(client, head)

    def read_body(self, client: "ClientConnection") -> None:
        """Read a body of known length, by way of the buffer that all connections share."""
        buffer = self.plane.buffer
        try:
            count = self.recv_into(buffer)
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if count == 0:
            self.lose()
            return
        left = self.body_left - count
        if left < 0:
            self.closes = True
            count = self.body_left
        self.body_left = left
        client.write(buffer[:count])
        if left <= 0:
            self.finish(client)
        else:
            self.deadline = self.body_deadline(client)

    def read_chunks(self, client: "ClientConnection", data: bytes) -> None:
        """Take more of a chunked body."""
        chunks = self.chunks
        assert chunks is not None
        self.deadline = self.body_deadline(client)
        end = chunks.feed(data) if data else MORE
        if end == MALFORMED:
            client.cut(resets=client.is_old)
            return
        if chunks.keeps:
            client.write(b"".join(chunks.pieces))
            chunks.pieces.clear()
        elif data:
            client.write(data if end == MORE else data[:end])
        if end != MORE:
            if end < len(data):
                self.closes = True
            self.finish(client)

    def body_deadline(self, client: "ClientConnection") -> float:
        """Until when more of the body must have come; a stream may be silent."""
        return FOREVER if client.is_stream else self.loop.now + self.plane.limits.response_body_seconds

    def _begin_response(self, client: "ClientConnection", head: ResponseHead, data: bytes, end: int) -> None:
        client.has_begun = True
        self.closes = head.closes
        body = NO_BODY if client.is_head else head.body
        if (
            self.plane.is_leaving
            or body == UNTIL_CLOSE
            or (client.state == CLIENT_SENDS and _ends_upload(client, head))
        ):
            client.closes = True
        forwarded = head.closing() if client.closes else head.forwarded
        if head.is_stream:
            client.become_stream()
        if body == LENGTH:
            self._begin_length(client, head, forwarded, data, end)
        elif body == NO_BODY:
            if end < len(data):
                self.closes = True
            client.write(forwarded)
            self.finish(client)
        elif body == CHUNKED:
            self.chunks = Chunks(keeps=client.is_old)
            self.state = CHUNKS
            client.write(head.closing_plain() if client.is_old else forwarded)
            self.read_chunks(client, data[end:])
        else:
            self.state = UNTIL_END
            self.deadline = self.body_deadline(client)
            client.write(forwarded + data[end:])

    def _begin_length(
        self, client: "ClientConnection", head: ResponseHead, forwarded: bytes, data: bytes, end: int
    ) -> None:
        left = head.length - len(data) + end
        if left < 0:
            self.closes = True
            data = data[:left]
        client.write(data if forwarded is head.raw else forwarded + data[end:])
        if left <= 0:
            self.finish(client)
        else:
            self.body_left = left
            self.state = BODY
            self.deadline = self.body_deadline(client)

    def _begin_tunnel(self, client: "ClientConnection", head: ResponseHead, rest: bytes) -> None:
        if not client.head.upgrades or client.is_old:
            fail(client, faults.UPSTREAM_MALFORMED)
            return
        client.has_begun = True
        self.state = TUNNEL
        self.deadline = FOREVER
        client.write(head.forwarded + rest)
        client.open_tunnel(self)

    def _pass_interim(self, client: "ClientConnection", head: ResponseHead) -> None:
        if not client.is_old:
            client.write(head.forwarded)
        if client.state == CLIENT_SENDS and not self.out:
            client.deadline = self.loop.now + self.plane.limits.request_body_seconds


def fail(client: "ClientConnection", fault: Fault) -> None:
    """Answer in the application's place, and go on with what the client has asked meanwhile."""
    client.fail(fault)
    if client.buf:
        client.advance()


def _ends_upload(client: "ClientConnection", head: ResponseHead) -> bool:
    # A visitor that still waits for 100 Continue may never send its body: nothing can follow on that connection.
    return head.closes or client.head.expects
