"""A visitor's bytes in, requests out: heads are read, bodies framed, and what breaks the rules is refused."""

import re
import socket
from abc import abstractmethod

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.chunks import MALFORMED, MORE, Chunks
from thakur.proxy.dataplane.connection import Bytes, Connection
from thakur.proxy.dataplane.faults import Fault, Refused
from thakur.proxy.dataplane.head import CHUNKED, LINE, NO_BODY, URI_BYTES, RequestHead, read_request, split_absolute
from thakur.proxy.dataplane.loop import FOREVER
from thakur.proxy.dataplane.plane import Plane
from thakur.proxy.dataplane.table import Pool, Table
from thakur.proxy.dataplane.trust import forwarded_by, is_trusted

# IDLE until a head is complete, BODY while a request's body comes, WAIT until its response is complete, TUNNEL after an
# upgrade; CLOSING sends what is left, LINGER throws away what still comes.
IDLE, BODY, WAIT, TUNNEL, CLOSING, LINGER = range(6)

_SLASH = 0x2F
_CR = 0x0D
_NO_HEAD = RequestHead(b"", b"")
_BARE_END = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)").search
# Asking twice does what asking once does, so a request that met a dying connection may be sent again.
_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE", b"PROPFIND", b"REPORT", b"SEARCH"))


class Intake(Connection):
    """The reading half of a visitor's connection; the other half decides what to do with a request."""

    __slots__ = (
        "address",
        "body_left",
        "buf",
        "chunks",
        "closes",
        "forwarded",
        "found",
        "has_begun",
        "head",
        "is_head",
        "is_in_head",
        "is_old",
        "memo_block",
        "memo_table",
        "plane",
        "replay",
        "state",
        "tries",
    )

    def __init__(self, plane: Plane, sock: socket.socket, address: bytes) -> None:
        super().__init__(plane.loop, sock)
        self.plane = plane
        self.address = address
        self.forwarded = b"X-Forwarded-For: %b\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: " % address
        self.state = IDLE
        self.buf = b""
        self.is_in_head = False
        # The request in hand
        self.head = _NO_HEAD
        self.found: Pool | None = None
        self.is_head = False
        self.is_old = False
        self.closes = False
        self.has_begun = False
        self.replay = b""
        self.tries = 0
        self.body_left = 0
        self.chunks: Chunks | None = None
        # The last header block: browsers repeat it on each request of a connection
        self.memo_block = b""
        self.memo_table: Table | None = None

    def find_pool(self, head: RequestHead) -> Pool | None:
        """Who answers this head. Raises Refused."""
        return self.plane.table.find(head.host)

    @abstractmethod
    def serve(self, method: bytes, target: bytes, out: bytes) -> None:
        """A request is there: `out` is its head for the upstream and what has come of its body."""

    @abstractmethod
    def pass_body(self, data: Bytes) -> None:
        """More of the body has come."""

    @abstractmethod
    def fail(self, fault: Fault, fields: str = "") -> None:
        """Answer in the application's place."""

    @abstractmethod
    def cut(self, *, resets: bool = False) -> None:
        """End without a proper end."""

    def request(self, data: bytes) -> bool:
        """Take a request from the start of `data`; false when its head is not complete yet."""
        end = data.find(b"\r\n\r\n") + 4
        line_end = data.find(b"\r\n")
        line = LINE(data, 0, line_end) if end > 3 else None
        if line is None or end > self.plane.limits.head_bytes:
            return self._wait_or_refuse(data, end, line_end)
        method, target, minor = line.groups()
        block = data[line_end:end]
        is_plain = target[0] == _SLASH and minor == b"1"
        if is_plain and block == self.memo_block and self.memo_table is self.plane.table:
            head = self.head
        else:
            try:
                target, head = self._read_head(method, target, minor, block)
            except Refused as refused:
                self.refuse(refused.fault)
                return True
        self.is_head = method == b"HEAD"
        self.is_old = minor == b"0"
        self.is_in_head = False
        self.closes = head.closes or self.is_old or self.plane.is_leaving
        self.has_begun = False
        self.tries = 0
        out = data[:line_end] + head.block if is_plain else b"%b %b HTTP/1.1%b" % (method, target, head.block)
        if head.body == NO_BODY:
            self.state = WAIT
            self.deadline = FOREVER
            self.buf = data[end:]
            self.replay = out if method in _IDEMPOTENT else b""
        else:
            body = self._begin_body(head, data[end:])
            if body is None:
                return True
            out += body
        self.serve(method, target, out)
        return True

    def read_body(self) -> None:
        """Read a body of known length, by way of the buffer that all connections share."""
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
        self.pass_body(buffer[:count])

    def take_chunks(self, data: bytes) -> None:
        """Take more of a chunked body."""
        body = self._frame(data)
        if body is None:
            if self.has_begun:
                self.cut()
            else:
                self.fail(faults.BAD_REQUEST)
            return
        if self.state == BODY:
            self.deadline = self.loop.now + self.plane.limits.request_body_seconds
        self.pass_body(body)

    def refuse(self, fault: Fault) -> None:
        """Answer what is no request; nothing that follows on this connection can be trusted."""
        self.head = _NO_HEAD
        self.memo_table = None
        self.memo_block = b""
        self.is_in_head = False
        self.is_head = False
        self.closes = True
        self.state = BODY  # whatever still comes of it is thrown away
        self.fail(fault)

    def _read_head(self, method: bytes, target: bytes, minor: bytes, block: bytes) -> tuple[bytes, RequestHead]:
        self.memo_table = None
        self.memo_block = block
        authority = b""
        if target[0] != _SLASH:
            if target != b"*":
                authority, target = split_absolute(method, target)
            elif method != b"OPTIONS":
                raise Refused(faults.BAD_REQUEST)
        limits = self.plane.limits
        forwarded, trusted = self.forwarded, self.plane.table.trusted
        if trusted and is_trusted(self.address, trusted):
            forwarded = forwarded_by(block, self.address)
        head = read_request(block, forwarded, authority, limits.fields)
        if head.body == CHUNKED and minor == b"0":
            raise Refused(faults.BAD_REQUEST)
        self.found = self.find_pool(head)
        self.head = head
        if not authority and limits.memo:
            self.memo_table = self.plane.table
        return target, head

    def _wait_or_refuse(self, data: bytes, end: int, line_end: int) -> bool:
        if line_end == 0:
            # Empty lines before a request are an old habit that RFC 9112 (2.2) asks to forgive.
            start = 2
            while data[start : start + 2] == b"\r\n":
                start += 2
            return len(data) > start and self.request(data[start:])
        limits = self.plane.limits
        is_complete = end > 3
        size = end if is_complete else len(data)
        if (line_end if line_end > 0 else size) > URI_BYTES + 64 or (is_complete and line_end > URI_BYTES):
            self.refuse(faults.URI_TOO_LONG)
        elif size > limits.head_bytes:
            self.refuse(faults.HEAD_TOO_LARGE)
        elif is_complete or not (data[0] == _CR or data[:1].isupper()) or _BARE_END(data):
            self.refuse(faults.BAD_REQUEST)
        else:
            if not self.is_in_head:
                self.is_in_head = True
                self.deadline = self.loop.now + limits.head_seconds
            self.buf = data
            return False
        return True

    def _begin_body(self, head: RequestHead, rest: bytes) -> bytes | None:
        self.state = BODY
        self.replay = b""
        # Whoever waits for 100 Continue cannot be late: the application's deadline counts.
        self.deadline = FOREVER if head.expects else self.loop.now + self.plane.limits.request_body_seconds
        self.body_left = head.length
        self.chunks = Chunks() if head.body == CHUNKED else None
        body = self._frame(rest) if rest else b""
        if body is None:
            self.refuse(faults.BAD_REQUEST)
        elif self.state == BODY:
            self.resume()  # reading may have stopped while this request waited for its turn
        return body

    def _frame(self, data: bytes) -> bytes | None:
        if self.chunks is not None:
            end = self.chunks.feed(data)
        elif len(data) < self.body_left:
            self.body_left -= len(data)
            end = MORE
        else:
            end = self.body_left
        if end == MALFORMED:
            return None
        if end == MORE:
            return data
        self.state = WAIT
        self.deadline = FOREVER
        self.buf = data[end:]
        return data[:end]
