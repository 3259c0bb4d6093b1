"""Request heads: bytes in, what to forward and how the body is framed out; nothing is guessed, the rest is refused."""

import re

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import Refused

NO_BODY, LENGTH, CHUNKED, UNTIL_CLOSE = range(4)
URI_BYTES = 16 * 1024

# One allow-list for the whole block: what it does not match is refused before anything else looks at it. The possessive
# quantifiers (`*+`) keep it linear.
BLOCK = re.compile(rb"\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[\t\x20-\x7e\x80-\xff]*+\r\n)*+\r\n").fullmatch
LINE = re.compile(
    rb"([A-Z][A-Z-]{0,19}) (/[\x21-\x7e]{0,16383}+|\*|https?://[\x21-\x7e]{1,16384}+) HTTP/1\.([01])"
).fullmatch
FIELD = re.compile(rb"\r\n([^:\r]++):[^\r]*+")
DIGITS = re.compile(rb"[0-9]{1,18}").fullmatch

_SPECIAL = re.compile(
    rb"(?i)\r\n(?=[hcteukpxf])(host|connection|content-length|transfer-encoding|expect|upgrade|keep-alive|te"
    rb"|proxy-connection|proxy|http2-settings|x-forwarded-[^:\r]*+|x-real-ip|forwarded):[ \t]*+([^\r]*+)"
)
_SPECIALS = _SPECIAL.findall
_HOST = frozenset((b"Host", b"host"))
_CONNECTION = frozenset((b"Connection", b"connection"))
_KEEP_ALIVE = frozenset((b"keep-alive", b"Keep-Alive"))
_DROPPED = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"proxy", b"http2-settings", b"x-real-ip", b"forwarded")
)
# `Connection: authorization` must not be a way to take away what others rely on.
_PROTECTED = frozenset(
    (b"host", b"content-length", b"transfer-encoding", b"authorization", b"cookie", b"expect", b"upgrade", b"te")
)
_HOST_VALUE = re.compile(
    rb"(?:([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?)|(\[[0-9A-Fa-f:.]+\]))(?::[0-9]{0,5})?"
).fullmatch
_ABSOLUTE = re.compile(rb"https?://([^/?#]++)([^#]*+)(?:#.*)?").fullmatch
_ACCEPTS_HTML = re.compile(rb"(?i)\r\naccept:[^\r]*text/html").search


class RequestHead:
    """A header block that was accepted, ready for the upstream."""

    __slots__ = ("block", "body", "closes", "expects", "host", "length", "upgrades")

    def __init__(self, host: bytes, block: bytes) -> None:
        self.host = host
        self.block = block
        self.body = NO_BODY
        self.length = 0
        self.closes = False
        self.upgrades = False
        self.expects = False


def read_request(block: bytes, forwarded: bytes, authority: bytes = b"", fields: int = 100) -> RequestHead:
    """Check a block (from the CRLF before its first field to the empty line) and make the one to send upstream.

    `forwarded` is the X-Forwarded-* fields up to the host's value; `authority`, from an absolute target, wins over Host.
    Raises Refused.
    """
    if BLOCK(block) is None:
        raise Refused(faults.BAD_REQUEST)
    if block.count(b"\r\n") > fields + 2:
        raise Refused(faults.HEAD_TOO_LARGE)
    if not authority:
        host = b""
        for name, value in _SPECIALS(block):
            if name in _HOST and not host:
                host = value
            elif name not in _CONNECTION or value not in _KEEP_ALIVE:
                break
        else:
            if host:
                return RequestHead(host, b"%b%b%b\r\n\r\n" % (block[:-2], forwarded, host))
    return _read_carefully(block, forwarded, authority)


def host_name(value: bytes) -> bytes:
    """The name that a table knows a Host by: lower case, without port and trailing dot. Raises Refused."""
    match = _HOST_VALUE(value)
    if match is None:
        raise Refused(faults.BAD_REQUEST)
    name = bytes(match.group(1) or match.group(2)).lower()
    return name.removesuffix(b".")


def split_absolute(method: bytes, target: bytes) -> tuple[bytes, bytes]:
    """Authority and origin form of an absolute target. Raises Refused."""
    match = _ABSOLUTE(target)
    if match is None:
        raise Refused(faults.BAD_REQUEST)
    authority, rest = match.groups()
    if rest[:1] == b"/":
        return authority, rest
    if not rest and method == b"OPTIONS":
        return authority, b"*"
    return authority, b"/" + rest


def accepts_html(block: bytes) -> bool:
    """Whether the visitor reads pages."""
    return _ACCEPTS_HTML(block) is not None


def cut_spans(block: bytes, spans: list[tuple[int, int]]) -> bytes:
    """The block without these fields."""
    parts = []
    position = 0
    for start, end in sorted(set(spans)):
        parts.append(block[position:start])
        position = end
    parts.append(block[position:])
    return b"".join(parts)


def tokens(values: list[bytes]) -> set[bytes]:
    """The members of a comma-separated field, lower case."""
    return {token.strip(b" \t").lower() for value in values for token in value.split(b",")} - {b""}


def nominated_spans(block: bytes, names: set[bytes]) -> list[tuple[int, int]]:
    """Where the fields stand that a Connection field names as hop by hop."""
    if not names:
        return []
    return [match.span() for match in FIELD.finditer(block) if match.group(1).lower() in names]


def _read_carefully(block: bytes, forwarded: bytes, authority: bytes) -> RequestHead:
    values: dict[bytes, list[bytes]] = {}
    spans: dict[bytes, list[tuple[int, int]]] = {}
    for match in _SPECIAL.finditer(block):
        name = match.group(1).lower()
        values.setdefault(name, []).append(match.group(2).strip(b" \t"))
        spans.setdefault(name, []).append(match.span())

    hosts = values.get(b"host", [])
    if len(hosts) != 1:
        raise Refused(faults.BAD_REQUEST)
    head = RequestHead(authority or hosts[0], b"")
    host_name(head.host)
    _read_framing(head, values)
    _read_expect(head, values.get(b"expect", []))
    connection = tokens(values.get(b"connection", []))
    head.closes = b"close" in connection
    head.upgrades = _upgrades(values.get(b"upgrade", []), connection) and head.body == NO_BODY

    gone = nominated_spans(block, connection - _PROTECTED)
    for name, places in spans.items():
        if (
            name in _DROPPED
            or name.startswith(b"x-forwarded-")
            or (name == b"upgrade" and not head.upgrades)
            or (name == b"te" and tokens(values[name]) != {b"trailers"})
            or (name == b"host" and authority)
        ):
            gone += places
    rest = cut_spans(block, gone)
    first = b"\r\nHost: " + authority if authority else b""
    last = b"\r\nConnection: upgrade\r\n\r\n" if head.upgrades else b"\r\n\r\n"
    head.block = b"".join((first, rest[:-2], forwarded, head.host, last))
    return head


def _read_framing(head: RequestHead, values: dict[bytes, list[bytes]]) -> None:
    lengths = values.get(b"content-length", [])
    encodings = values.get(b"transfer-encoding", [])
    if lengths:
        if encodings or len(lengths) > 1 or DIGITS(lengths[0]) is None:
            raise Refused(faults.BAD_REQUEST)
        head.length = int(lengths[0])
        head.body = LENGTH if head.length else NO_BODY
    elif encodings:
        if len(encodings) > 1 or encodings[0].lower() != b"chunked":
            raise Refused(faults.NOT_IMPLEMENTED)
        head.body = CHUNKED


def _read_expect(head: RequestHead, values: list[bytes]) -> None:
    if values:
        if tokens(values) != {b"100-continue"}:
            raise Refused(faults.EXPECTATION_FAILED)
        head.expects = True


def _upgrades(protocols: list[bytes], connection: set[bytes]) -> bool:
    # h2c would let a client speak to the application past every check that is made here.
    return b"upgrade" in connection and bool(protocols) and b"h2c" not in tokens(protocols)
