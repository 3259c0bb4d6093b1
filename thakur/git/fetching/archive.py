"""The tar file in which everything leaves the sandbox; who reads it believes nothing of it."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from .listing import EXECUTABLE, LINK, MODULE, Entry

CHUNK_BYTES = 1024 * 1024


class Archive:
    """Written from front to back; `modified_at` is everybody's time, so the same commit gives the same bytes."""

    def __init__(self, file: BinaryIO, modified_at: int) -> None:
        self._file = file
        self._modified_at = max(0, modified_at)

    def add(self, entry: Entry, content: bytes) -> None:
        """A file, or a link whose target is the content."""
        about = self._about(entry.name, entry.mode)
        if entry.mode == LINK:
            about.type, about.linkname = tarfile.SYMTYPE, content.decode(errors="surrogateescape")
            self._write(about)
            return
        about.size = len(content)
        self._write(about)
        self._file.write(content)
        self._pad(len(content))

    def add_file(self, entry: Entry, path: Path) -> None:
        """A file whose content lies elsewhere."""
        about = self._about(entry.name, entry.mode)
        about.size = path.stat().st_size
        self._write(about)
        with path.open("rb") as file:
            for chunk in _chunks(file):
                self._file.write(chunk)
        self._pad(about.size)

    def add_directory(self, name: str) -> None:
        about = self._about(name, EXECUTABLE)
        about.type = tarfile.DIRTYPE
        self._write(about)

    def end(self) -> None:
        self._file.write(bytes(2 * tarfile.BLOCKSIZE))

    def _about(self, name: str, mode: int) -> tarfile.TarInfo:
        about = tarfile.TarInfo(name)
        about.mtime = self._modified_at
        about.mode = 0o755 if mode in (EXECUTABLE, MODULE) else 0o644
        return about

    def _write(self, about: tarfile.TarInfo) -> None:
        self._file.write(about.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))

    def _pad(self, size_bytes: int) -> None:
        self._file.write(bytes(-size_bytes % tarfile.BLOCKSIZE))


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
