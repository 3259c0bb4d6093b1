"""Connections to the application: one exchange at a time, kept for the next one when it ended cleanly."""

import socket
from typing import TYPE_CHECKING

from thakur.proxy import faults
from thakur.proxy.chunks import MALFORMED, MORE, Chunks
from thakur.proxy.connection import RECEIVE_BYTES, Bytes, Connection
from thakur.proxy.faults import ERROR, Fault, Refused
from thakur.proxy.head import CHUNKED, LENGTH, NO_BODY, UNTIL_CLOSE
from thakur.proxy.loop import FOREVER, READ, WRITE
from thakur.proxy.plane import Plane
from thakur.proxy.response import ResponseHead, read_response
from thakur.proxy.table import Pool, Upstream

if TYPE_CHECKING:
    from thakur.proxy.client import ClientConnection

IDLE, HEAD, BODY, CHUNKS, UNTIL_END, TUNNEL = range(6)
_CLIENT_WAITS, _CLIENT_SENDS = 2, 1  # client.WAIT and client.BODY, which imports this file


def claim(
    client: "ClientConnection", pool: Pool, out: bytes, *, is_fresh: bool = False, other_than: Upstream | None = None
) -> None:
    """Give the client's request to the upstream of the pool with least to do."""
    upstream = pool.pick(client.loop.now, other_than)
    if upstream is None:
        client.fail(faults.NO_UPSTREAM)
        return
    connection: UpstreamConnection | None = None
    while upstream.idle and not is_fresh:
        idle = upstream.idle.pop()
        # What cannot be sent twice must not meet a connection that the application has just closed.
        if client.replay or idle.is_alive():
            connection = idle
            break
        idle.close()
    if connection is None:
        connection = _connect(client.plane, upstream)
        if connection is None:
            _try_other(client, pool, upstream, out)
            return
    connection.begin(client, out)


class UpstreamConnection(Connection):
    """States follow the response that is expected or coming; IDLE is a connection in its upstream's stack."""

    __slots__ = (
        "body_left",
        "chunks",
        "client",
        "closes",
        "has_answered",
        "is_connected",
        "is_done",
        "is_reused",
        "memo",
        "plane",
        "rest",
        "state",
        "upstream",
    )

    def __init__(self, plane: Plane, sock: socket.socket, upstream: Upstream) -> None:
        super().__init__(plane.loop, sock, READ | WRITE)
        self.plane = plane
        self.upstream = upstream
        self.client: ClientConnection | None = None
        self.state = IDLE
        self.is_connected = False
        self.is_reused = False
        self.closes = False
        # The exchange in hand
        self.has_answered = False
        self.is_done = False
        self.rest = b""
        self.body_left = 0
        self.chunks: Chunks | None = None
        self.memo: ResponseHead | None = None

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
            if client is not None and client.state == _CLIENT_WAITS:
                self._finish(client)

    def on_blocked(self) -> None:
        """The application reads slower than the visitor writes."""
        client = self.client
        if client is not None and client.state != _CLIENT_WAITS:
            client.pause()
            client.deadline = FOREVER  # the answer's deadline counts now

    def on_writable(self) -> None:
        """Connected, or room again."""
        if not self.is_connected:
            if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._break()
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
        elif client.state != _CLIENT_WAITS:
            if client.state == _CLIENT_SENDS:
                client.deadline = self.loop.now + self.plane.limits.request_body_seconds
            client.resume()

    def on_readable(self) -> None:
        """Take what came, as the state wants it."""
        client = self.client
        state = self.state
        if state == BODY and client is not None:
            self._read_body(client)
            return
        try:
            data = self.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._break()
            return
        if client is None:
            self.close()  # closed by the application while idle, or words out of turn
        elif not data:
            self._on_end(client)
        elif state == HEAD:
            if self.is_done:
                self._break()
            else:
                self.has_answered = True
                self._read_head(client, data)
        elif state == CHUNKS:
            self._read_chunks(client, data)
        else:
            if state == UNTIL_END:
                self.deadline = self._body_deadline(client)
            client.write(data)

    def on_deadline(self) -> None:
        """The application is too slow, unless it is the visitor who does not read."""
        client = self.client
        if client is None:
            self.close()
        elif client.out:
            self.deadline = self.loop.now + self.plane.limits.response_body_seconds
        elif not self.is_connected:
            self._break()
        elif client.has_begun:
            client.cut(resets=self.state == UNTIL_END)
        else:
            _fail(client, faults.UPSTREAM_SLOW)

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

    def _read_head(self, client: "ClientConnection", data: bytes) -> None:
        if self.rest:
            data = self.rest + data
            self.rest = b""
        while True:
            end = data.find(b"\r\n\r\n") + 4
            if end == 3 or end > self.plane.limits.head_bytes:
                if len(data) > self.plane.limits.head_bytes:
                    _fail(client, faults.UPSTREAM_MALFORMED)
                else:
                    self.rest = data
                return
            raw = data[:end]
            head = self.memo
            if head is None or head.raw != raw:
                try:
                    head = read_response(raw)
                except Refused as refused:
                    _fail(client, refused.fault)
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
            if not data:
                return

    def _pass_interim(self, client: "ClientConnection", head: ResponseHead) -> None:
        if not client.is_old:
            client.write(head.forwarded)
        if client.state == _CLIENT_SENDS and not self.out:
            client.deadline = self.loop.now + self.plane.limits.request_body_seconds

    def _begin_tunnel(self, client: "ClientConnection", head: ResponseHead, rest: bytes) -> None:
        if client.head is None or not client.head.upgrades or client.is_old:
            _fail(client, faults.UPSTREAM_MALFORMED)
            return
        client.has_begun = True
        self.state = TUNNEL
        self.deadline = FOREVER
        client.write(head.forwarded + rest)
        client.open_tunnel(self)

    def _begin_response(self, client: "ClientConnection", head: ResponseHead, data: bytes, end: int) -> None:
        client.has_begun = True
        self.closes = head.closes
        body = NO_BODY if client.is_head else head.body
        if (
            self.plane.is_leaving
            or body == UNTIL_CLOSE
            or (client.state == _CLIENT_SENDS and _ends_upload(client, head))
        ):
            client.closes = True
        forwarded = head.closing() if client.closes else head.forwarded
        if head.is_stream:
            client.become_stream()
        if body == NO_BODY:
            if end < len(data):
                self.closes = True
            client.write(forwarded)
            self._finish(client)
        elif body == LENGTH:
            left = head.length - len(data) + end
            if left < 0:
                self.closes = True
                data = data[:left]
            client.write(data if forwarded is head.raw else forwarded + data[end:])
            if left <= 0:
                self._finish(client)
            else:
                self.body_left = left
                self.state = BODY
                self.deadline = self._body_deadline(client)
        elif body == CHUNKED:
            self.chunks = Chunks(keeps=client.is_old)
            self.state = CHUNKS
            client.write(head.closing_plain() if client.is_old else forwarded)
            self._read_chunks(client, data[end:])
        else:
            self.state = UNTIL_END
            self.deadline = self._body_deadline(client)
            client.write(forwarded + data[end:])

    def _body_deadline(self, client: "ClientConnection") -> float:
        return FOREVER if client.is_stream else self.loop.now + self.plane.limits.response_body_seconds

    def _read_body(self, client: "ClientConnection") -> None:
        buffer = self.plane.buffer
        try:
            count = self.recv_into(buffer)
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if count == 0:
            self._break()
            return
        left = self.body_left - count
        if left < 0:
            self.closes = True
            count = self.body_left
        self.body_left = left
        client.write(buffer[:count])
        if left <= 0:
            self._finish(client)
        else:
            self.deadline = self._body_deadline(client)

    def _read_chunks(self, client: "ClientConnection", data: bytes) -> None:
        chunks = self.chunks
        assert chunks is not None
        self.deadline = self._body_deadline(client)
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
            self._finish(client)

    def _finish(self, client: "ClientConnection") -> None:
        if client.state == _CLIENT_SENDS and not self.closes and not client.closes:
            # An early response: cutting the upload off now would reset it, and with it the answer.
            self.is_done = True
            self.state = HEAD
            self.deadline = FOREVER
            return
        pool = client.pool
        self.is_done = False
        if self.closes or self.out or client.state != _CLIENT_WAITS or pool is None or pool.left_table:
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

    def _on_end(self, client: "ClientConnection") -> None:
        if self.state in (UNTIL_END, TUNNEL):
            self.closes = True
            self._finish(client)
        else:
            self._break()

    def _break(self) -> None:
        client, upstream = self.client, self.upstream
        unsent = b"".join(self.out)
        state, is_done = self.state, self.is_done
        self.close()
        if client is None:
            return
        client.upstream = None
        pool = client.pool
        if is_done:
            client.resume()  # the answer was complete: the rest of the upload goes nowhere
        elif client.has_begun or pool is None:
            client.cut(resets=state == UNTIL_END or client.is_old)
        elif not self.is_connected:
            _try_other(client, pool, upstream, unsent)
        elif not self.has_answered and self.is_reused and client.replay:
            replay = client.replay
            client.replay = b""
            claim(client, pool, replay, is_fresh=True)
        else:
            client.fail(faults.UPSTREAM_BROKEN)
        if client.buf:
            client.advance()


def _ends_upload(client: "ClientConnection", head: ResponseHead) -> bool:
    # A visitor that still waits for 100 Continue may never send its body: nothing can follow on that connection.
    return head.closes or (client.head is not None and client.head.expects)


def _connect(plane: Plane, upstream: Upstream) -> UpstreamConnection | None:
    try:
        sock = socket.socket(socket.AF_INET6 if ":" in upstream.host else socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:
        plane.journal.write(ERROR, "no socket for an upstream", reason=error.strerror or "")
        return None
    sock.setblocking(False)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect((upstream.host, upstream.port))
    except BlockingIOError:
        pass
    except OSError:
        sock.close()
        return None
    return UpstreamConnection(plane, sock, upstream)


def _try_other(client: "ClientConnection", pool: Pool, upstream: Upstream, out: bytes) -> None:
    upstream.rests_until = client.loop.now + client.plane.limits.upstream_rest_seconds
    if client.tried_other or len(pool.upstreams) == 1:
        client.fail(faults.UPSTREAM_REFUSED)
    else:
        client.tried_other = True
        claim(client, pool, out, other_than=upstream)


def _fail(client: "ClientConnection", fault: Fault) -> None:
    client.fail(fault)
    if client.buf:
        client.advance()
