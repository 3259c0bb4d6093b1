"""A file that a replica appends to for as long as it lives: read from the front, which is cut off when it is long."""

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from thakur import durable

MOST_BYTES = 64 * 1024 * 1024
KEPT_BYTES = MOST_BYTES // 2
_COLLAPSE_RANGE = 0x08


class _Cut(msgspec.Struct, frozen=True):
    """How many bytes are gone before and after a cut of a file of `size_bytes`; noted before and after it is made."""

    before_bytes: int
    after_bytes: int
    size_bytes: int = 0


class GrowingFile:
    """Positions count every byte that was ever written, also those that are gone, and so they do after a restart.

    The writer has the file open with O_APPEND, so that it goes on at the new end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._record = path.with_name(f"{path.name}.cut")
        self._gone_bytes = self._recorded()
        self._collapses = True

    @property
    def is_too_long(self) -> bool:
        return self._size() > MOST_BYTES

    def read(self, position: int, size_bytes: int) -> tuple[int, bytes]:
        """Bytes from `position` on, or from where the file begins now, and the position of the first one."""
        position = max(position, self._gone_bytes)
        try:
            with self._path.open("rb") as file:
                file.seek(position - self._gone_bytes)
                return position, file.read(size_bytes)
        except FileNotFoundError:
            return position, b""

    def overwrite(self, position: int, data: bytes) -> None:
        """Put other bytes in the place of as many."""
        with self._path.open("r+b") as file:
            file.seek(position - self._gone_bytes)
            file.write(data)

    def shorten(self, position: int) -> None:
        """Cut off what stands before `position`, and more when too much would be left. Blocking."""
        with self._path.open("r+b") as file:
            status = os.fstat(file.fileno())
            size, block = status.st_size, status.st_blksize
            front = min(max(position - self._gone_bytes, size - KEPT_BYTES), size - 1)
            front -= front % block
            if self._collapses and front > 0:
                self._collapses = self._cut(front, size, lambda: _collapse(file.fileno(), front))
            if not self._collapses and (position - self._gone_bytes >= size or size > 2 * MOST_BYTES):
                # This file system can only cut off everything, so that waits until everything is read, or is too much.
                self._cut(size, size, lambda: _empty(file.fileno()))

    def _cut(self, front_bytes: int, size_bytes: int, make: Callable[[], bool]) -> bool:
        self._note(_Cut(self._gone_bytes, self._gone_bytes + front_bytes, size_bytes))
        is_made = make()
        self._gone_bytes += front_bytes if is_made else 0
        self._note(_Cut(self._gone_bytes, self._gone_bytes))
        return is_made

    def _note(self, cut: _Cut) -> None:
        durable.replace(self._record, msgspec.json.encode(cut))

    def _recorded(self) -> int:
        try:
            cut = msgspec.json.decode(self._record.read_bytes(), type=_Cut)
        except FileNotFoundError:
            return 0
        # A cut that was noted and maybe not made: it would have taken a good part of the file away.
        return cut.after_bytes if self._size() < cut.size_bytes else cut.before_bytes

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0


def _collapse(descriptor: int, front_bytes: int) -> bool:
    # The rest moves to the front in one step, so that nothing is lost of what is being written meanwhile.
    libc = ctypes.CDLL(None, use_errno=True)
    begin, length = ctypes.c_longlong(0), ctypes.c_longlong(front_bytes)
    return bool(libc.fallocate(descriptor, _COLLAPSE_RANGE, begin, length) == 0)


def _empty(descriptor: int) -> bool:
    os.ftruncate(descriptor, 0)
    return True
