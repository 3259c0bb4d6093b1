"""Response heads: what the upstream sent in, what the visitor gets and how the body is framed out."""

import re

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.head import (
    BLOCK,
    CHUNKED,
    DIGITS,
    LENGTH,
    NO_BODY,
    UNTIL_CLOSE,
    cut_spans,
    nominated_spans,
    tokens,
)

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*+)?").fullmatch
_SPECIAL = re.compile(
    rb"(?i)\r\n(?=[ctukp])(connection|content-length|transfer-encoding|upgrade|keep-alive|proxy-connection):[ \t]*+([^\r]*+)"
)
_SPECIALS = _SPECIAL.findall
_EVENT_STREAM = re.compile(rb"(?i)\r\ncontent-type:[ \t]*+text/event-stream").search
_CONNECTION_FIELD = re.compile(rb"(?i)\r\nconnection:[^\r]*+")
_ENCODING_FIELD = re.compile(rb"(?i)\r\ntransfer-encoding:[^\r]*+")
_CONNECTION = frozenset((b"Connection", b"connection"))
_KEEP_ALIVE = frozenset((b"keep-alive", b"Keep-Alive"))
_LENGTH = frozenset((b"Content-Length", b"content-length"))
_PROTECTED = frozenset((b"content-length", b"transfer-encoding", b"content-type", b"set-cookie", b"upgrade"))


class ResponseHead:
    """A head that was accepted; `forwarded` is for a visitor that stays, `closing()` for one that goes."""

    __slots__ = ("_closing", "body", "closes", "forwarded", "is_stream", "length", "raw", "status")

    def __init__(self, raw: bytes, status: int) -> None:
        self.raw = raw
        self.status = status
        self.body = NO_BODY
        self.length = 0
        self.closes = False
        self.is_stream = False
        self.forwarded = raw
        self._closing = b""

    def closing(self) -> bytes:
        """The head that tells the visitor that the connection ends here."""
        if not self._closing:
            self._closing = _CONNECTION_FIELD.sub(b"", self.forwarded)[:-2] + b"Connection: close\r\n\r\n"
        return self._closing

    def closing_plain(self) -> bytes:
        """The same for an HTTP/1.0 visitor, who knows no chunks."""
        return _ENCODING_FIELD.sub(b"", self.closing())


def read_response(raw: bytes) -> ResponseHead:
    """Check a whole response head, from the status line to the empty line. Raises Refused."""
    line_end = raw.find(b"\r\n")
    line = _STATUS(raw, 0, line_end)
    block = raw[line_end:]
    if line is None or BLOCK(block) is None:
        raise Refused(faults.UPSTREAM_MALFORMED)
    minor, code = line.groups()
    status = int(code)
    head = ResponseHead(raw, status)
    if status >= 200 and minor == b"1" and status not in (204, 304):
        length = b""
        for name, value in _SPECIALS(block):
            if name in _LENGTH and not length and DIGITS(value) is not None:
                length = value
            elif name not in _CONNECTION or value not in _KEEP_ALIVE:
                break
        else:
            if length:
                head.body = LENGTH
                head.length = int(length)
                head.is_stream = _EVENT_STREAM(block) is not None
                return head
    return _read_carefully(head, raw[:line_end], block, is_old=minor == b"0")


def _read_carefully(head: ResponseHead, line: bytes, block: bytes, *, is_old: bool) -> ResponseHead:
    values: dict[bytes, list[bytes]] = {}
    spans: dict[bytes, list[tuple[int, int]]] = {}
    for match in _SPECIAL.finditer(block):
        name = match.group(1).lower()
        values.setdefault(name, []).append(match.group(2).strip(b" \t"))
        spans.setdefault(name, []).append(match.span())

    _read_framing(head, values, is_old=is_old)
    connection = tokens(values.get(b"connection", []))
    head.closes = is_old or b"close" in connection or head.body == UNTIL_CLOSE
    head.is_stream = _EVENT_STREAM(block) is not None

    gone = nominated_spans(block, connection - _PROTECTED)
    for name, places in spans.items():
        if name == b"content-length":
            gone += places if head.status < 200 or head.status == 204 else places[1:]
        elif name == b"transfer-encoding":
            gone += places if head.body != CHUNKED else []
        elif name != b"upgrade" or head.status not in (101, 426):
            gone += places
    if head.status == 101:
        block = cut_spans(block, gone)[:-2] + b"Connection: upgrade\r\n\r\n"
    elif gone:
        block = cut_spans(block, gone)
    head.forwarded = b"HTTP/1.1" + line[8:] + block
    return head


def _read_framing(head: ResponseHead, values: dict[bytes, list[bytes]], *, is_old: bool) -> None:
    lengths = values.get(b"content-length", [])
    encodings = values.get(b"transfer-encoding", [])
    if lengths and (encodings or len(set(lengths)) > 1 or DIGITS(lengths[0]) is None):
        raise Refused(faults.UPSTREAM_MALFORMED)
    if encodings and (is_old or len(encodings) > 1 or encodings[0].lower() != b"chunked"):
        raise Refused(faults.UPSTREAM_MALFORMED)
    if head.status < 200 or head.status in (204, 304):
        head.body = NO_BODY
    elif encodings:
        head.body = CHUNKED
    elif lengths:
        head.body = LENGTH
        head.length = int(lengths[0])
    else:
        head.body = UNTIL_CLOSE
