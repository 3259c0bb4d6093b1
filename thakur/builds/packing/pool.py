"""The pool: files that several artifacts of a project hold, each once on disk."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from thakur.builds.packing.contents import READ_BYTES
from thakur.builds.workspaces.disk import write_all

# Names are strings here: a tree has up to 500,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH108

POOL = ".files"


class Pool:
    """Hard links by content, beside the artifacts. No build and no application can write to one of them.

    A new name for a file that is there costs a tenth of a new file, so the second deploy of the same packages is fast.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        self._directory = os.fsencode(directory)

    def replace(self, path: bytes, content: bytes, *, is_executable: bool) -> bool:
        """Put the pool's file of this content at `path`. Otherwise put a copy there and tell that it is one."""
        pooled = self._pooled(content, is_executable=is_executable)
        source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            # Not by a rename over it: ext4 would write each such file to disk at once.
            os.unlink(path)
            if _is_linked(pooled, path):
                return True
            _copy(source, path)
            return False
        finally:
            os.close(source)

    def add(self, path: bytes, content: bytes, *, is_executable: bool) -> None:
        """Keep the file for later artifacts."""
        _is_linked(path, self._pooled(content, is_executable=is_executable))

    def link_variant(self, content: bytes, coding: str, path: bytes) -> bool:
        """Put the compressed form of a file of this content at `path`, if an artifact has one already."""
        return _is_linked(self._variant(content, coding), path)

    def add_variant(self, path: bytes, content: bytes, coding: str) -> None:
        """Keep the compressed form of a file of this content for later artifacts."""
        _is_linked(path, self._variant(content, coding))

    def sweep(self) -> None:
        """Remove what no artifact holds any more. What is being packed meanwhile keeps its own name of a file."""
        with os.scandir(self._directory) as entries:
            unused = [entry.path for entry in entries if entry.stat(follow_symlinks=False).st_nlink == 1]
        for path in unused:
            with suppress(FileNotFoundError):
                os.unlink(path)

    def _pooled(self, content: bytes, *, is_executable: bool) -> bytes:
        mark = b"x" if is_executable else b"-"
        return self._directory + b"/" + content.hex().encode() + mark

    def _variant(self, content: bytes, coding: str) -> bytes:
        return self._directory + b"/" + content.hex().encode() + b"." + coding.encode()


def _is_linked(path: bytes, name: bytes) -> bool:
    try:
        os.link(path, name)
    except OSError as error:
        # Not there yet, there already, or too many names for one file.
        if error.errno in (errno.ENOENT, errno.EEXIST, errno.EMLINK):
            return False
        raise
    return True


def _copy(source: int, path: bytes) -> None:
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        while chunk := os.read(source, READ_BYTES):
            write_all(target, chunk)
    finally:
        os.close(target)
