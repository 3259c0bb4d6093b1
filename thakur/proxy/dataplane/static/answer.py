"""Pools that are a directory: a request for a file becomes the answer that carries it."""

import re
from typing import TYPE_CHECKING

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.static.caching import REVALIDATED
from thakur.proxy.dataplane.static.encoding import choose
from thakur.proxy.dataplane.static.files import File, Piece
from thakur.proxy.dataplane.static.hashed import may_be_hashed
from thakur.proxy.dataplane.static.naming import candidates, file_name, is_route, location, sibling
from thakur.proxy.dataplane.static.ranges import read_range
from thakur.proxy.dataplane.static.site import Site
from thakur.proxy.dataplane.table import Pool

if TYPE_CHECKING:
    from thakur.proxy.dataplane.client import ClientConnection

_FIELD = re.compile(rb"(?i)\r\n(if-none-match|range|if-range|accept|accept-encoding):[ \t]*+([^\r]*+)").findall
_NOT_FOUND = "404.html"
# What an application of one page answers every path of its own with; the first is what is left where `/` is a page too.
_SHELLS = ("200.html", "index.html")


def answer_file(client: "ClientConnection", pool: Pool, method: bytes, target: bytes) -> bool:
    """Answer a request from the pool's directories; false when it is for the pool's upstreams."""
    if pool.directory is None:
        return _answer_for_upstreams(client, pool, method, target)
    if method not in (b"GET", b"HEAD"):
        client.fail(faults.METHOD_NOT_ALLOWED, "Allow: GET, HEAD\r\n")
        return True
    site = pool.site
    if site is None:
        site = pool.site = Site.open(client.plane.root_fd, pool.directory)
        if site is None:
            client.fail(faults.FILES_GONE)
            return True
    try:
        _answer(client, pool, site, target)
    except Refused as refused:
        client.fail(refused.fault)
    return True


def _answer(client: "ClientConnection", pool: Pool, site: Site, target: bytes) -> None:
    path, _, query = target.partition(b"?")
    name = file_name(path)
    fields = _fields(client)
    if (file := site.find(*candidates(name))) is not None:
        _send(client, site, file, fields)
    elif (turned := sibling(name)) is not None and site.find(turned[0]) is not None:
        _redirect(client, location(turned[1], query))
    elif pool.is_spa and _is_navigation(fields, name) and (file := site.find(*_SHELLS)) is not None:
        _send(client, site, file, fields)
    elif (earlier := _earlier(client, pool, name)) is not None:
        _send(client, *earlier, fields)
    elif (file := site.find(_NOT_FOUND)) is not None:
        _send(client, site, file, fields, is_missing=True)
    else:
        raise Refused(faults.FILE_NOT_FOUND)


def _answer_for_upstreams(client: "ClientConnection", pool: Pool, method: bytes, target: bytes) -> bool:
    if b"." not in target or method not in (b"GET", b"HEAD"):
        return False
    try:
        earlier = _earlier(client, pool, file_name(target.partition(b"?")[0]))
        if earlier is not None:
            _send(client, *earlier, _fields(client))
    except Refused:
        return False
    return earlier is not None


def _earlier(client: "ClientConnection", pool: Pool, name: str) -> tuple[Site, File] | None:
    # An open tab asks for what its page named, and that page may be of an earlier deployment.
    if pool.earlier is None or not may_be_hashed(name):
        return None
    site = pool.earlier_site
    if site is None:
        site = pool.earlier_site = Site.open(client.plane.root_fd, pool.earlier)
    file = None if site is None else site.find(name)
    return None if site is None or file is None else (site, file)


def _fields(client: "ClientConnection") -> dict[bytes, bytes]:
    return {name.lower(): value for name, value in _FIELD(client.memo_block)}


def _is_navigation(fields: dict[bytes, bytes], name: str) -> bool:
    return b"text/html" in fields.get(b"accept", b"") and is_route(name)


def _redirect(client: "ClientConnection", place: bytes) -> None:
    # A browser that kept it would go round in a circle once a later deployment has the page at the other name.
    client.write(
        b"HTTP/1.1 308 Permanent Redirect\r\nLocation: %b\r\nContent-Length: 0\r\nCache-Control: %b\r\n%b\r\n"
        % (place, REVALIDATED.encode(), b"Connection: close\r\n" if client.closes else b"")
    )
    client.has_begun = True
    client.finish()


def _send(
    client: "ClientConnection", site: Site, file: File, fields: dict[bytes, bytes], *, is_missing: bool = False
) -> None:
    answer = _Answer(file, site.coded(file.name), REVALIDATED if is_missing else file.cache_control)
    # A part is always one of the file as it is: whoever asks for parts puts them together.
    if is_missing or b"range" not in fields:
        answer.encode(fields.get(b"accept-encoding", b""))
    body = answer.body
    if is_missing:
        answer.write(client, "404 Not Found", Piece(body, 0, body.size))
    elif _matches(fields.get(b"if-none-match", b""), answer.etag):
        answer.write(client, "304 Not Modified", None)
    elif b"range" in fields and fields.get(b"if-range", answer.etag) == answer.etag:
        _send_part(client, answer, fields[b"range"])
    else:
        answer.write(client, "200 OK", Piece(body, 0, body.size))


def _send_part(client: "ClientConnection", answer: "_Answer", wanted: bytes) -> None:
    file = answer.body
    try:
        part = read_range(wanted, file.size)
    except Refused as refused:
        client.fail(refused.fault, f"Content-Range: bytes */{file.size}\r\n")
        return
    if part is None:
        answer.write(client, "200 OK", Piece(file, 0, file.size))
        return
    start, count = part
    place = f"Content-Range: bytes {start}-{start + count - 1}/{file.size}\r\n"
    answer.write(client, "206 Partial Content", Piece(file, start, count), place)


class _Answer:
    """A file on its way out: as it is, or in one of its compressed forms."""

    __slots__ = ("body", "cache_control", "coded", "coding", "etag", "file")

    def __init__(self, file: File, coded: dict[bytes, File], cache_control: str) -> None:
        self.file = file
        self.coded = coded
        self.cache_control = cache_control
        self.coding = b""
        self.body = file
        self.etag = file.etag

    def encode(self, accepted: bytes) -> None:
        """Take the form that the visitor likes best."""
        self.coding = choose(accepted, self.coded)
        if self.coding:
            self.body = self.coded[self.coding]
            self.etag = b'%b-%b"' % (self.file.etag[:-1], self.coding)

    def write(self, client: "ClientConnection", status: str, piece: Piece | None, place: str = "") -> None:
        """Send the head, and of the body what it names."""
        lines = [f"HTTP/1.1 {status}\r\n"]
        if piece is not None:
            lines.append(f"Content-Type: {self.file.content_type}\r\nContent-Length: {piece.left}\r\n")
            if self.coding:
                lines.append(f"Content-Encoding: {self.coding.decode()}\r\n")
        lines.append(f"{place}ETag: {self.etag.decode()}\r\nCache-Control: {self.cache_control}\r\n")
        if self.coded:
            lines.append("Vary: Accept-Encoding\r\n")
        lines.append("Accept-Ranges: bytes\r\nX-Content-Type-Options: nosniff\r\n")
        lines.append("Connection: close\r\n\r\n" if client.closes else "\r\n")
        client.has_begun = True
        head = "".join(lines).encode()
        if piece is not None and piece.left and not client.is_head:
            client.write_file(head, piece)
            return
        if piece is not None:
            piece.close()
        client.write(head)
        client.finish()


def _matches(value: bytes, etag: bytes) -> bool:
    return value.strip() == b"*" or any(tag.strip().removeprefix(b"W/") == etag for tag in value.split(b","))
