"""A visitor's connection: reads requests, claims a pool for each, and writes answers in order."""

import os
import re
import socket
import struct

from thakur.proxy import faults, pages
from thakur.proxy.chunks import MALFORMED, MORE, Chunks
from thakur.proxy.connection import RECEIVE_BYTES, Bytes, Connection
from thakur.proxy.faults import INFO, Fault, Refused
from thakur.proxy.head import CHUNKED, LINE, NO_BODY, RequestHead, accepts_html, host_name, read_request, split_absolute
from thakur.proxy.loop import FOREVER, READ, WRITE
from thakur.proxy.plane import Plane
from thakur.proxy.static import Piece, answer_file
from thakur.proxy.table import Pool, Table
from thakur.proxy.upstream import UpstreamConnection, claim

IDLE, BODY, WAIT, TUNNEL, CLOSING, LINGER = range(6)

_SLASH = 0x2F
_BARE_END = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)").search
# Asking twice does what asking once does, so a request that met a dying connection may be sent again.
_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE", b"PROPFIND", b"REPORT", b"SEARCH"))
_FILE_BYTES_AT_ONCE = 1024 * 1024
_RESET = struct.pack("ii", 1, 0)


class ClientConnection(Connection):
    """States: IDLE until a head is complete, BODY while a request's body comes, WAIT until its response is complete."""

    __slots__ = (
        "body_left",
        "buf",
        "chunks",
        "closes",
        "forwarded",
        "has_begun",
        "has_eof",
        "head",
        "is_head",
        "is_in_head",
        "is_old",
        "is_stream",
        "lingers",
        "memo_block",
        "memo_pool",
        "memo_table",
        "piece",
        "plane",
        "pool",
        "replay",
        "state",
        "tried_other",
        "upstream",
    )

    def __init__(self, plane: Plane, sock: socket.socket, address: bytes) -> None:
        super().__init__(plane.loop, sock)
        self.plane = plane
        self.forwarded = b"X-Forwarded-For: %b\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: " % address
        # The connection
        self.state = IDLE
        self.buf = b""
        self.is_in_head = False
        self.has_eof = False
        self.lingers = False
        # The request in hand
        self.head: RequestHead | None = None
        self.is_head = False
        self.is_old = False
        self.closes = False
        self.replay = b""
        self.tried_other = False
        self.body_left = 0
        self.chunks: Chunks | None = None
        # Its response
        self.pool: Pool | None = None
        self.upstream: UpstreamConnection | None = None
        self.piece: Piece | None = None
        self.has_begun = False
        self.is_stream = False
        # The last header block: browsers and load balancers repeat it on each request of a connection
        self.memo_block = b""
        self.memo_pool: Pool | None = None
        self.memo_table: Table | None = None
        self.deadline = self.loop.now + plane.limits.idle_seconds
        plane.connections += 1

    def find_pool(self, head: RequestHead) -> Pool | None:
        """Who answers this head. Raises Refused."""
        return self.plane.table.find(head.host)

    def on_readable(self) -> None:
        """Take what came, as the state wants it."""
        state = self.state
        if self.has_eof:
            self.cut()  # reading is off after an end, so this is a reset
            return
        if state == BODY and self.chunks is None:
            self._read_body()
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
            elif self._request(data) and self.buf:
                self.advance()
        elif state == BODY:
            self._take_body(data)
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
        state = self.state
        if self.piece is not None:
            self.send_piece()
            if self.buf:
                self.advance()
        elif state == CLOSING:
            self._part()
        elif state == IDLE:
            self.deadline = self.loop.now + limits.idle_seconds
            self.advance()
        elif state != LINGER:
            self.deadline = self.loop.now + limits.request_body_seconds if state == BODY else FOREVER
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
                self._refuse(faults.REQUEST_SLOW)
                return
            self.on_readable()  # a request that comes at the last moment is served
            if self.state == IDLE and self.fd >= 0 and self.deadline == FOREVER:
                self.close()
        elif self.state == BODY and not self.has_begun and not self.out:
            self.fail(faults.REQUEST_SLOW)
        else:
            self.cut()

    def resume(self) -> None:
        """Read again, unless there is nothing to come."""
        if not self.has_eof:
            self.want(self.interest | READ)

    def advance(self) -> None:
        """Serve the requests that came while an earlier one was answered."""
        while self.buf and self.state == IDLE and not self.out:
            data = self.buf
            self.buf = b""
            if not self._request(data):
                break
        if self.state == IDLE:
            if self.has_eof:
                self._end()
            else:
                self.resume()

    def fail(self, fault: Fault, fields: str = "") -> None:
        """Answer in the application's place. Only while nothing of a final response has been sent."""
        host = host_name(self.head.host).decode() if self.head is not None else ""
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
        self.send_piece()

    def send_piece(self) -> None:
        """Send a file's bytes until the visitor's buffer is full, and not for too long at once."""
        piece = self.piece
        assert piece is not None
        if self.out:
            return
        at_once = _FILE_BYTES_AT_ONCE
        while piece.left and at_once > 0:
            try:
                sent = os.sendfile(self.fd, piece.fd, piece.offset, min(piece.left, at_once))
            except BlockingIOError:
                break
            except OSError:
                self.cut()
                return
            if sent == 0:
                self.cut()  # the file has become shorter than promised
                return
            piece.offset += sent
            piece.left -= sent
            at_once -= sent
        if piece.left:
            self.deadline = self.loop.now + self.plane.limits.client_write_seconds
            self.want(self.interest | WRITE)
            return
        self.want(self.interest & ~WRITE)
        piece.close()
        self.piece = None
        self.finish()

    def become_stream(self) -> None:
        """The response is a tunnel or an event stream: it may last, and drains apart from plain requests."""
        if self.pool is not None and not self.is_stream:
            self.is_stream = True
            self.pool.requests -= 1
            self.pool.streams += 1

    def open_tunnel(self, upstream: UpstreamConnection) -> None:
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
            self.plane.client_left()

    def _request(self, data: bytes) -> bool:
        end = data.find(b"\r\n\r\n") + 4
        line_end = data.find(b"\r\n")
        line = LINE(data, 0, line_end) if end > 3 else None
        if line is None or end > self.plane.limits.head_bytes:
            return self._wait_or_refuse(data, end, line_end)
        method, target, minor = line.groups()
        self.is_head = method == b"HEAD"
        self.is_old = minor == b"0"
        block = data[line_end:end]
        is_plain = target[0] == _SLASH
        if is_plain and block == self.memo_block and self.memo_table is self.plane.table:
            head = self.head
            assert head is not None
            pool = self.memo_pool
        else:
            try:
                target, head, pool = self._read_head(method, target, block)
            except Refused as refused:
                self._refuse(refused.fault)
                return True
        if len(target) > self.plane.limits.uri_bytes or (self.is_old and head.body == CHUNKED):
            self._refuse(faults.BAD_REQUEST if head.body == CHUNKED else faults.URI_TOO_LONG)
            return True
        self.is_in_head = False
        self.closes = head.closes or self.is_old or self.plane.is_leaving
        self.has_begun = False
        self.tried_other = False
        self.deadline = FOREVER
        if is_plain and not self.is_old:
            out = data[:line_end] + head.block
        else:
            out = b"%b %b HTTP/1.1%b" % (method, target, head.block)
        rest = data[end:]
        if head.body == NO_BODY:
            self.state = WAIT
            self.buf = rest
            self.replay = out if method in _IDEMPOTENT else b""
        else:
            first = self._begin_body(head, rest)
            if first is None:
                return True
            out += first
        self._claim(pool, method, target, out)
        return True

    def _claim(self, pool: Pool | None, method: bytes, target: bytes, out: bytes) -> None:
        if pool is None:
            self.fail(faults.UNKNOWN_HOST)
            return
        self.pool = pool
        pool.requests += 1
        if pool.directory is None:
            claim(self, pool, out)
        else:
            answer_file(self, pool, method, target)

    def _read_head(self, method: bytes, target: bytes, block: bytes) -> tuple[bytes, RequestHead, Pool | None]:
        self.memo_table = None
        self.memo_block = block
        self.head = None
        authority = b""
        if target[0] != _SLASH:
            if target != b"*":
                authority, target = split_absolute(method, target)
            elif method != b"OPTIONS":
                raise Refused(faults.BAD_REQUEST)
        limits = self.plane.limits
        head = read_request(block, self.forwarded, authority, limits.fields)
        pool = self.find_pool(head)
        self.head = head
        if not authority and limits.memo:
            self.memo_pool = pool
            self.memo_table = self.plane.table
        return target, head, pool

    def _wait_or_refuse(self, data: bytes, end: int, line_end: int) -> bool:
        if line_end == 0:
            # Empty lines before a request are an old habit that RFC 9112 (2.2) asks to forgive.
            start = 2
            while data[start : start + 2] == b"\r\n":
                start += 2
            return len(data) > start and self._request(data[start:])
        limits = self.plane.limits
        size = end if end > 3 else len(data)
        if (line_end if line_end > 0 else size) > limits.uri_bytes + 64:
            self._refuse(faults.URI_TOO_LONG)
        elif size > limits.head_bytes:
            self._refuse(faults.HEAD_TOO_LARGE)
        elif end > 3 or not (data[0] == 0x0D or 0x41 <= data[0] <= 0x5A) or _BARE_END(data):
            self._refuse(faults.BAD_REQUEST)
        else:
            if not self.is_in_head:
                self.is_in_head = True
                self.deadline = self.loop.now + limits.head_seconds
            self.buf = data
            return False
        return True

    def _refuse(self, fault: Fault) -> None:
        self.head = None
        self.memo_table = None
        self.memo_block = b""
        self.is_in_head = False
        self.is_head = False
        self.closes = True
        self.state = BODY  # whatever still comes of it is thrown away
        self.fail(fault)

    def _begin_body(self, head: RequestHead, rest: bytes) -> bytes | None:
        self.state = BODY
        self.replay = b""
        if not head.expects:
            self.deadline = self.loop.now + self.plane.limits.request_body_seconds
        self.body_left = head.length
        self.chunks = Chunks() if head.body == CHUNKED else None
        if not rest:
            return b""
        body = self._frame(rest)
        if body is None:
            self._refuse(faults.BAD_REQUEST)
        return body

    def _frame(self, data: bytes) -> bytes | None:
        if self.chunks is None:
            end = self.body_left if len(data) >= self.body_left else MORE
            self.body_left -= len(data) if end == MORE else end
        else:
            end = self.chunks.feed(data)
        if end == MALFORMED:
            return None
        if end == MORE:
            return data
        self.state = WAIT
        self.deadline = FOREVER
        self.buf = data[end:]
        return data[:end]

    def _read_body(self) -> None:
        buffer = self.plane.buffer
        wanted = self.body_left
        try:
            count = self.recv_into(buffer if wanted >= len(buffer) else buffer[:wanted])
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if count == 0:
            self.cut()
            return
        self.body_left = wanted - count
        if self.body_left == 0:
            self.state = WAIT
            self.deadline = FOREVER
        else:
            self.deadline = self.loop.now + self.plane.limits.request_body_seconds
        self._pass_body(buffer[:count])

    def _take_body(self, data: bytes) -> None:
        body = self._frame(data)
        if body is None:
            if self.has_begun:
                self.cut()
            else:
                self.fail(faults.BAD_REQUEST)
            return
        if self.state == BODY:
            self.deadline = self.loop.now + self.plane.limits.request_body_seconds
        self._pass_body(body)

    def _pass_body(self, data: Bytes) -> None:
        if self.upstream is not None:
            self.upstream.pass_body(data)
        elif self.state == WAIT and self.has_begun:
            self.finish()  # its answer was complete long ago
        if self.buf:
            self.advance()

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
        asked = self.head is not None and (self.head.closes or self.is_old)
        self.lingers = not asked or self.state != WAIT or bool(self.buf)
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
        self.deadline = self.loop.now + self.plane.limits.linger_seconds
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
            if self.is_stream:
                self.is_stream = False
                pool.streams -= 1
            else:
                pool.requests -= 1
            if (pool.left_table or pool.is_watched) and pool.requests == 0 and pool.streams == 0:
                self.plane.let_go(pool)
