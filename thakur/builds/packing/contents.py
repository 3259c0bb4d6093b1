"""The content of an artifact's directory: its entries in order, and the digest that names it."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from thakur.builds.interface import BuildFailed, Failure

# Names are strings here: a tree has up to 500,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH101, PTH115

READ_BYTES = 128 * 1024
ENTRIES = 500_000
SIZE_BYTES = 4 * 1024**3
DEPTH = 200
PATH_BYTES = 3000
CONTENT_ATTRIBUTE = "user.thakur.sha256"


class ItemKind(StrEnum):
    """What an item is; sockets and FIFOs are no content."""

    DIRECTORY = "d"
    FILE = "f"
    LINK = "l"
    OTHER = "o"


_WANTED = {ItemKind.DIRECTORY: stat.S_IRWXU, ItemKind.FILE: stat.S_IRUSR}


class Item(msgspec.Struct, frozen=True):
    """One name below the root, relative, as the file system has it."""

    path: bytes
    kind: ItemKind
    size_bytes: int
    is_executable: bool
    is_shared: bool


class Digest:
    """The SHA-256 over the entries, which must come sorted by path."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256(b"thakur artifact 1\0")

    def add(self, item: Item, content: bytes = b"") -> None:
        """`content` is a file's SHA-256 or a link's target."""
        mark = b"x" if item.is_executable and item.kind is ItemKind.FILE else b"-"
        parts = (item.kind.value.encode(), mark, item.path, content)
        self._digest.update(b"".join(len(part).to_bytes(8, "big") + part for part in parts))

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def walk(root: Path, *, opens: bool = False) -> list[Item]:
    """Every item below `root`, sorted; links are not followed. Raises BuildFailed when there are too many.

    `opens` makes readable what a build closed to its own user, which is Thakur's where it does not run as root.
    """
    items = sorted(_items(os.fsencode(root), opens=opens), key=lambda item: item.path)
    if len(items) > ENTRIES:
        raise _too_much(f"The build's result has more than {ENTRIES:,} files and directories.")
    # A file of a few bytes on disk may claim to be endless.
    if sum(item.size_bytes for item in items if item.kind is ItemKind.FILE) > SIZE_BYTES:
        raise _too_much(f"The build's result is larger than {SIZE_BYTES // 1024**3} GB.")
    return items


def digest_of(root: Path) -> str:
    """Read the whole directory and name it anew."""
    digest = Digest()
    base = os.fsencode(root)
    for item in walk(root):
        if item.kind is ItemKind.FILE:
            digest.add(item, file_digest(base + b"/" + item.path))
        elif item.kind is ItemKind.LINK:
            digest.add(item, os.readlink(base + b"/" + item.path))
        else:
            digest.add(item)
    return digest.hexdigest()


def file_digest(path: bytes) -> bytes:
    """The SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        while chunk := os.read(descriptor, READ_BYTES):
            digest.update(chunk)
    finally:
        os.close(descriptor)
    return digest.digest()


def mark_content(path: bytes, content: bytes) -> None:
    """Note the SHA-256 at the file itself, as far as the file system has room for that: the proxy's workers read it there."""
    with suppress(OSError):
        os.setxattr(path, CONTENT_ATTRIBUTE, content, follow_symlinks=False)


def _items(base: bytes, *, opens: bool) -> Iterator[Item]:
    count = 0
    todo = [b""]
    while todo:
        below = todo.pop()
        if below.count(b"/") > DEPTH or len(below) > PATH_BYTES:
            raise _too_much("The build's result has directories that are nested too deep.")
        with os.scandir(base + b"/" + below) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                item = _item(below + entry.name, found)
                wanted = _WANTED.get(item.kind, 0)
                if opens and found.st_mode & wanted != wanted:
                    os.chmod(entry.path, stat.S_IMODE(found.st_mode) | wanted)
                if item.kind is ItemKind.DIRECTORY:
                    todo.append(item.path + b"/")
                yield item
                count += 1
                if count > ENTRIES:
                    return


def _item(path: bytes, found: os.stat_result) -> Item:
    if stat.S_ISDIR(found.st_mode):
        kind = ItemKind.DIRECTORY
    elif stat.S_ISREG(found.st_mode):
        kind = ItemKind.FILE
    elif stat.S_ISLNK(found.st_mode):
        kind = ItemKind.LINK
    else:
        kind = ItemKind.OTHER
    is_executable = bool(found.st_mode & stat.S_IXUSR)
    return Item(path, kind, found.st_size, is_executable, found.st_nlink > 1)


def _too_much(what: str) -> BuildFailed:
    return BuildFailed(
        Failure(
            code="artifact_too_large",
            what=what,
            why="Every deploy carries the whole result, so its size is bounded.",
            next="Let the build write only what visitors or the server need.",
        )
    )
