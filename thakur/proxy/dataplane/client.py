"""A visitor's connection: claims a pool for each request and writes the answers in order."""

import socket
import struct

from thakur.proxy.dataplane import faults, pages
from thakur.proxy.dataplane.claim import claim
from thakur.proxy.dataplane.connection import RECEIVE_BYTES, Bytes
from thakur.proxy.dataplane.faults import INFO, Fault
from thakur.proxy.dataplane.head import accepts_html, host_name
from thakur.proxy.dataplane.intake import BODY, CLOSING, IDLE, LINGER, TUNNEL, WAIT, Intake
from thakur.proxy.dataplane.loop import FOREVER, READ, WRITE
from thakur.proxy.dataplane.plane import Plane
from thakur.proxy.dataplane.relay import Relay
from thakur.proxy.dataplane.static.answer import answer_file
from thakur.proxy.dataplane.static.files import Piece
from thakur.proxy.dataplane.table import Pool, Upstream
from thakur.proxy.dataplane.upstream import UpstreamConnection

_RESET = struct.pack("ii", 1, 0)


class ClientConnection(Intake):
    """The writing half: responses, pages, files, and the proper end of it all."""

    __slots__ = ("has_eof", "is_stream", "lingers", "piece", "pool", "upstream")

    def __init__(self, plane: Plane, sock: socket.socket, address: bytes) -> None:
        super().__init__(plane, sock, address)
        self.has_eof = False
        self.lingers = False
        self.pool: Pool | None = None
        self.upstream: UpstreamConnection | None = None
        self.piece: Piece | None = None
        self.is_stream = False
        self.deadline = self.loop.now + plane.limits.idle_seconds
        plane.client_came(address)

    def on_readable(self) -> None:
        """Take what came, as the state wants it."""
        state = self.state
        if self.has_eof:
            self.cut()  # reading is off after an end, so this is a reset
            return
        if state == BODY and self.chunks is None:
            self.read_body()
            return
        try:
            data = self.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.cut()
            return
        if not data:
            self._on_end()
        elif state == IDLE:
            if self.buf:
                data = self.buf + data
                self.buf = b""
            if self.out:
                self._keep(data)
            elif self.request(data) and self.buf:
                self.advance()
        elif state == BODY:
            self.take_chunks(data)
        elif state == WAIT:
            self._keep(self.buf + data)
        elif self.upstream is not None:
            self.upstream.write(data)

    def on_writable(self) -> None:
        """Send what waited and let its producer go on."""
        limits = self.plane.limits
        if self.out and not self.flush():
            self.deadline = self.loop.now + limits.client_write_seconds
            return
        if self.piece is not None:
            self._send_piece()
            if self.buf:
                self.advance()
        elif self.state == CLOSING:
            self._part()
        elif self.state == IDLE:
            self.deadline = self.loop.now + limits.idle_seconds
            self.advance()
        elif self.state != LINGER:
            self.deadline = self.loop.now + limits.request_body_seconds if self.state == BODY else FOREVER
            if self.upstream is not None:
                self.upstream.resume()

    def on_blocked(self) -> None:
        """The visitor reads slower than the upstream writes."""
        self.deadline = self.loop.now + self.plane.limits.client_write_seconds
        if self.upstream is not None:
            self.upstream.pause()

    def on_deadline(self) -> None:
        """Give up, and say so where that is still possible."""
        self.deadline = FOREVER
        if self.state == IDLE and not self.out:
            if self.is_in_head:
                self.refuse(faults.REQUEST_SLOW)
                return
            self.on_readable()  # a request that comes at the last moment is served
            if self.state == IDLE and self.deadline == FOREVER:
                self.close()
        elif self.state == BODY and not self.has_begun and not self.out:
            self.fail(faults.REQUEST_SLOW)
        else:
            self.cut()

    def resume(self) -> None:
        """Read again, unless there is nothing to come."""
        if not self.has_eof:
            self.want(self.interest | READ)

    def serve(self, method: bytes, target: bytes, out: bytes) -> None:
        """Claim the pool that was found and hand the request on."""
        pool = self.found
        if pool is None:
            self.fail(faults.UNKNOWN_HOST)
            return
        self.pool = pool
        pool.requests += 1
        if not (pool.has_files and answer_file(self, pool, method, target)):
            claim(self, pool, out)

    def claim_again(self, out: bytes, *, is_fresh: bool = False, other_than: Upstream | None = None) -> None:
        """The connection that the request was given to is gone, and nothing of an answer has come."""
        assert self.pool is not None
        claim(self, self.pool, out, is_fresh=is_fresh, other_than=other_than)

    def pass_body(self, data: Bytes) -> None:
        """More of the body has come: on to the upstream, or nowhere when the answer was complete before."""
        if self.upstream is not None:
            self.upstream.pass_body(data)
        elif self.state == WAIT and self.has_begun:
            self.finish()
        if self.buf:
            self.advance()

    def advance(self) -> None:
        """Serve the requests that came while an earlier one was answered."""
        while self.buf and self.state == IDLE and not self.out:
            data = self.buf
            self.buf = b""
            if not self.request(data):
                break
        if self.state == IDLE and not self.out:
            if self.has_eof:
                self._end()
            else:
                self.resume()

    def fail(self, fault: Fault, fields: str = "") -> None:
        """Answer in the application's place. Only while nothing of a final response has been sent."""
        host = host_name(self.head.host).decode() if self.head.host else ""
        if fault.level != INFO:
            self.plane.journal.write(fault.level, fault.name, host=host, pool=self.pool.id if self.pool else "")
        self._drop_upstream()
        self.closes = self.closes or self.state != WAIT or self.plane.is_leaving
        html = accepts_html(self.memo_block)
        self.write(pages.answer(fault, host, html=html, closes=self.closes, is_head=self.is_head, fields=fields))
        self.finish()

    def write_file(self, head: bytes, piece: Piece) -> None:
        """Answer with a part of a file."""
        self.piece = piece
        try:
            sent = self.sock.send(head, socket.MSG_MORE)
        except OSError:
            sent = 0
        if sent < len(head):
            self.write(head[sent:])
        self._send_piece()

    def become_stream(self) -> None:
        """The response is a tunnel or an event stream: it may last, and drains apart from plain requests."""
        if self.pool is not None and not self.is_stream:
            self.is_stream = True
            self.pool.become_stream()

    def open_tunnel(self, upstream: Relay) -> None:
        """Both sides have agreed to speak something else."""
        self.become_stream()
        self.state = TUNNEL
        self.closes = True
        self.resume()
        if self.buf:
            upstream.write(self.buf)
            self.buf = b""

    def finish(self) -> None:
        """The response is complete: on to the next request, or to the end."""
        self._let_go_pool()
        if self.closes or self.state != WAIT:
            self._end()
            return
        self.state = IDLE
        if not self.out:
            self.deadline = self.loop.now + self.plane.limits.idle_seconds
        if self.has_eof and not self.buf:
            self._end()
        elif not self.interest & READ and not self.buf:
            self.resume()

    def cut(self, *, resets: bool = False) -> None:
        """End without a proper end. `resets` makes sure that it cannot be taken for one."""
        if resets and self.fd >= 0:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close()

    def close(self) -> None:
        """Leave nothing behind."""
        if self.release():
            self.state = CLOSING
            if self.piece is not None:
                self.piece.close()
                self.piece = None
            self._drop_upstream()
            self._let_go_pool()
            self.plane.client_left(self.address)

    def _send_piece(self) -> None:
        piece = self.piece
        assert piece is not None
        if self.out:
            return
        if not piece.send_to(self.fd):
            self.cut()  # the visitor is gone, or the file is shorter than promised
            return
        if piece.left:
            self.deadline = self.loop.now + self.plane.limits.client_write_seconds
            self.want(self.interest | WRITE)
            return
        self.want(self.interest & ~WRITE)
        piece.close()
        self.piece = None
        self.finish()

    def _keep(self, data: bytes) -> None:
        self.buf = data
        if len(data) > self.plane.limits.pipelined_bytes:
            self.pause()

    def _on_end(self) -> None:
        state = self.state
        if state in (WAIT, TUNNEL, CLOSING) and not (state == WAIT and self.is_stream):
            # Only its sending half has ended: a complete request still gets its answer.
            self.has_eof = True
            self.pause()
            if state == TUNNEL and self.upstream is not None and not self.upstream.out:
                self.close()
        elif state == IDLE and self.out:
            self.has_eof = True
            self.closes = True
            self.pause()
        else:
            self.close()

    def _end(self) -> None:
        self.lingers = self.state != WAIT or bool(self.buf) or not (self.head.closes or self.is_old)
        self.state = CLOSING
        self.buf = b""
        self.deadline = self.loop.now + self.plane.limits.client_write_seconds
        if not self.out:
            self._part()

    def _part(self) -> None:
        if self.has_eof or not self.lingers:
            self.close()
            return
        # Closing with unread input would reset the connection, and the visitor might lose the answer.
        self.state = LINGER
        limits = self.plane.limits
        self.deadline = self.loop.now + (limits.leave_idle_seconds if self.plane.is_leaving else limits.linger_seconds)
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        self.resume()

    def _drop_upstream(self) -> None:
        upstream = self.upstream
        if upstream is not None:
            self.upstream = None
            upstream.client = None
            upstream.close()

    def _let_go_pool(self) -> None:
        pool = self.pool
        if pool is not None:
            self.pool = None
            if pool.end(is_stream=self.is_stream):
                self.plane.let_go(pool)
            self.is_stream = False
