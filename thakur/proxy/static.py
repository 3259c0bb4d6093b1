"""Pools that are a directory: which file a path means, and the answer that carries it."""

import re
from typing import TYPE_CHECKING

from thakur.proxy import faults
from thakur.proxy.faults import Refused
from thakur.proxy.files import File, Folder, Piece
from thakur.proxy.mime import content_type
from thakur.proxy.table import Pool

if TYPE_CHECKING:
    from thakur.proxy.client import ClientConnection

_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})").search
_HASHED = re.compile(r"[.-](?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{8,}\.[A-Za-z0-9]+$").search
_HASHED_FOLDERS = ("assets/", "_next/static/", "_astro/", "_app/immutable/", "_nuxt/")
_FIELD = re.compile(rb"(?i)\r\n(if-none-match|range|if-range|accept):[ \t]*+([^\r]*+)").findall
_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})").fullmatch
_REVALIDATED = "public, max-age=0, must-revalidate"
_IMMUTABLE = "public, max-age=31536000, immutable"


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
        found = _find(folder, name, is_spa=pool.is_spa, wants_page=b"text/html" in fields.get(b"accept", b""))
    except Refused as refused:
        client.fail(refused.fault)
        return
    if found is None:
        _redirect(client, path + b"/" + (b"?" + query if query else b""))
        return
    _send(client, found, fields, status=404 if found.name == "404.html" and name not in ("404", "404.html") else 200)


def file_name(path: bytes) -> str:
    """The relative name that a request's path means, with a trailing slash if it has one. Raises Refused."""
    if path == b"*" or _BAD_PERCENT(path):
        raise Refused(faults.BAD_REQUEST)
    plain = _PERCENT.sub(lambda match: bytes((int(match.group(1), 16),)), path)
    if b"\0" in plain:
        raise Refused(faults.BAD_REQUEST)
    try:
        segments = plain.decode().split("/")
    except UnicodeDecodeError as error:
        raise Refused(faults.BAD_REQUEST) from error
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            if not kept:
                raise Refused(faults.BAD_REQUEST)
            kept.pop()
        elif segment not in ("", "."):
            kept.append(segment)
    if any(segment.startswith(".") for segment in kept) and kept[0] != ".well-known":
        raise Refused(faults.FILE_NOT_FOUND)
    is_directory = segments[-1] in ("", ".", "..")
    return "/".join(kept) + ("/" if is_directory and kept else "")


def cache_control(name: str) -> str:
    """For how long a browser may keep a file: for ever when its name changes with its content."""
    if name.startswith(_HASHED_FOLDERS) or (_HASHED(name) and not name.endswith(".html")):
        return _IMMUTABLE
    return _REVALIDATED


def read_range(value: bytes, size: int) -> tuple[int, int] | None:
    """First byte and count of a single range, None when the whole file is the answer. Raises Refused."""
    match = _RANGE(value)
    if match is None or value == b"bytes=-":
        return None
    first, last = match.groups()
    if not first:
        count = min(int(last), size)
        start = size - count
    else:
        start = int(first)
        count = min(int(last), size - 1) - start + 1 if last else size - start
        if last and int(last) < start:
            return None
    if count <= 0 or start >= size:
        raise Refused(faults.RANGE_REFUSED)
    return start, count


def _find(folder: Folder, name: str, *, is_spa: bool, wants_page: bool) -> File | None:
    if not name or name.endswith("/"):
        candidates = [name + "index.html"]
        if name:
            candidates.append(name[:-1] + ".html")
    else:
        candidates = [name, name + ".html"]
    for candidate in candidates:
        file = folder.find(candidate)
        if file is not None:
            return file
    if name and not name.endswith("/") and folder.find(name + "/index.html") is not None:
        return None
    if is_spa and wants_page and "." not in name.rpartition("/")[2]:
        file = folder.find("index.html")
        if file is not None:
            return file
    file = folder.find("404.html")
    if file is None:
        raise Refused(faults.FILE_NOT_FOUND)
    return file


def _redirect(client: "ClientConnection", location: bytes) -> None:
    # Two slashes at the start would send the visitor to another host.
    location = b"/" + location.lstrip(b"/")
    closing = b"Connection: close\r\n" if client.closes else b""
    client.write(
        b"HTTP/1.1 308 Permanent Redirect\r\nLocation: %b\r\nContent-Length: 0\r\n%b\r\n" % (location, closing)
    )
    client.has_begun = True
    client.finish()


def _send(client: "ClientConnection", file: File, fields: dict[bytes, bytes], status: int) -> None:
    if status == 200 and _matches(fields.get(b"if-none-match", b""), file.etag):
        _begin(client, file, "304 Not Modified", "", None)
        return
    if status == 404:
        _begin(client, file, "404 Not Found", f"Content-Length: {file.size}\r\n", Piece(file, 0, file.size))
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
        "" if piece is None else f"Content-Type: {content_type(file.name)}\r\n",
        place,
        f"ETag: {file.etag.decode()}\r\n",
        f"Cache-Control: {cache_control(file.name) if not status.startswith('404') else _REVALIDATED}\r\n",
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
