"""Pools that are a directory: a request for a file becomes the answer that carries it."""

import re
from typing import TYPE_CHECKING

from thakur.proxy import faults
from thakur.proxy.faults import Refused
from thakur.proxy.static.caching import REVALIDATED
from thakur.proxy.static.files import File, Folder, Piece
from thakur.proxy.static.naming import candidates, file_name, is_route, location, sibling
from thakur.proxy.static.ranges import read_range
from thakur.proxy.table import Pool

if TYPE_CHECKING:
    from thakur.proxy.client import ClientConnection

_FIELD = re.compile(rb"(?i)\r\n(if-none-match|range|if-range|accept):[ \t]*+([^\r]*+)").findall
_NOT_FOUND = "404.html"
# What an application of one page answers every path of its own with; the first is what is left where `/` is a page too.
_SHELLS = ("200.html", "index.html")


def answer_file(client: "ClientConnection", pool: Pool, method: bytes, target: bytes) -> None:
    """Answer a request for a file of the pool's directory."""
    if method not in (b"GET", b"HEAD"):
        client.fail(faults.METHOD_NOT_ALLOWED, "Allow: GET, HEAD\r\n")
        return
    folder = pool.folder
    if folder is None:
        folder = pool.folder = Folder.open(client.plane.root_fd, pool.directory or "")
        if folder is None:
            client.fail(faults.FILES_GONE)
            return
    path, _, query = target.partition(b"?")
    fields = {name.lower(): value for name, value in _FIELD(client.memo_block)}
    try:
        name = file_name(path)
        if (file := _first(folder, candidates(name))) is not None:
            _send(client, file, fields)
        elif (turned := sibling(name)) is not None and folder.find(turned[0]) is not None:
            _redirect(client, location(turned[1], query))
        elif pool.is_spa and _is_navigation(fields, name) and (file := _first(folder, _SHELLS)) is not None:
            _send(client, file, fields)
        elif (file := folder.find(_NOT_FOUND)) is not None:
            _begin(client, file, "404 Not Found", f"Content-Length: {file.size}\r\n", Piece(file, 0, file.size))
        else:
            client.fail(faults.FILE_NOT_FOUND)
    except Refused as refused:
        client.fail(refused.fault)


def _first(folder: Folder, names: tuple[str, ...]) -> File | None:
    return next((file for name in names if (file := folder.find(name)) is not None), None)


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


def _send(client: "ClientConnection", file: File, fields: dict[bytes, bytes]) -> None:
    if _matches(fields.get(b"if-none-match", b""), file.etag):
        _begin(client, file, "304 Not Modified", "", None)
        return
    part = None
    if b"range" in fields and fields.get(b"if-range", file.etag) == file.etag:
        try:
            part = read_range(fields[b"range"], file.size)
        except Refused as refused:
            client.fail(refused.fault, f"Content-Range: bytes */{file.size}\r\n")
            return
    if part is None:
        _begin(client, file, "200 OK", f"Content-Length: {file.size}\r\n", Piece(file, 0, file.size))
        return
    start, count = part
    place = f"Content-Length: {count}\r\nContent-Range: bytes {start}-{start + count - 1}/{file.size}\r\n"
    _begin(client, file, "206 Partial Content", place, Piece(file, start, count))


def _begin(client: "ClientConnection", file: File, status: str, place: str, piece: Piece | None) -> None:
    lines = (
        f"HTTP/1.1 {status}\r\n",
        "" if piece is None else f"Content-Type: {file.content_type}\r\n",
        place,
        f"ETag: {file.etag.decode()}\r\n",
        f"Cache-Control: {REVALIDATED if status.startswith('404') else file.cache_control}\r\n",
        "Accept-Ranges: bytes\r\nX-Content-Type-Options: nosniff\r\n",
        "Connection: close\r\n\r\n" if client.closes else "\r\n",
    )
    client.has_begun = True
    head = "".join(lines).encode()
    if piece is None or client.is_head or piece.left == 0:
        if piece is not None:
            piece.close()
        client.write(head)
        client.finish()
    else:
        client.write_file(head, piece)


def _matches(value: bytes, etag: bytes) -> bool:
    return value.strip() == b"*" or any(tag.strip().removeprefix(b"W/") == etag for tag in value.split(b","))
