"""Names: which file of a directory a request's path means, and what is never shown."""

import re

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.static.mime import is_known

_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})").search
_UNSAFE = re.compile(rb"[^A-Za-z0-9._~!$&'()*+,;=:@/-]")


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


def candidates(name: str) -> tuple[str, ...]:
    """The files that may answer this name as it is, the best first."""
    if not name or name.endswith("/"):
        return (f"{name}index.html",)
    return (name, f"{name}.html")


def sibling(name: str) -> tuple[str, str] | None:
    """The file that answers the same name with the slash turned, and that name: relative links need the right one."""
    if not name:
        return None
    if name.endswith("/"):
        return f"{name[:-1]}.html", name[:-1]
    return f"{name}/index.html", f"{name}/"


def is_route(name: str) -> bool:
    """Whether an application of one page may mean a view of its own by it: what names no kind of file."""
    return not is_known(name)


def location(name: str, query: bytes) -> bytes:
    """The name as a path to be redirected to. It begins with one slash: two would lead to another host."""
    path = b"/" + _UNSAFE.sub(lambda match: b"%%%02X" % match.group()[0], name.encode())
    return path + b"?" + query if query else path
