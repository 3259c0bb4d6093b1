"""Uploads: what a client sends, kept under its SHA-256 until its build has ended."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from thakur import durable
from thakur.builds.interface import UPLOAD_BYTES, UploadInvalid, UploadTooLarge
from thakur.builds.workspaces.disk import check_free, is_nearly_full, write_all

WRITE_BYTES = 1024 * 1024
ABANDONED_SECONDS = 3600.0
CHECK_DISK_EVERY_BYTES = 64 * 1024 * 1024
_PARTIAL = ".partial-"


class Received(msgspec.Struct, frozen=True):
    """An upload that arrived whole."""

    digest: str
    size_bytes: int


class Uploads:
    """Files at `directory/<project id>/<digest>`. `make_room` is called when the disk is nearly full."""

    def __init__(
        self,
        directory: Path,
        limit_bytes: int = UPLOAD_BYTES,
        make_room: Callable[[Path], None] = lambda _directory: None,
    ) -> None:
        self._directory = directory
        self._limit_bytes = limit_bytes
        self._make_room = make_room

    async def receive(self, project_id: int, body: AsyncIterator[bytes]) -> Received:
        """Write the body to disk, counting. Raises UploadTooLarge, UploadInvalid, DiskNearlyFull; then nothing is left."""
        directory = self._directory / str(project_id)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self.check_free(directory)
        descriptor, name = tempfile.mkstemp(prefix=_PARTIAL, dir=directory)
        partial = Path(name)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                received = await self._write(body, file, directory)
            await asyncio.to_thread(_publish, partial, directory / received.digest)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return received

    def path(self, project_id: int, digest: str) -> Path:
        """Where the upload lies; it need not exist."""
        return self._directory / str(project_id) / digest

    def remove(self, project_id: int, digest: str, unless_newer_than: datetime) -> None:
        """Remove an upload whose build has ended, unless the same bytes arrived again after that moment."""
        path = self.path(project_id, digest)
        try:
            with _locked(path.parent):
                if path.stat().st_mtime <= unless_newer_than.timestamp():
                    path.unlink()
        except FileNotFoundError:
            return

    def remove_project(self, project_id: int) -> None:
        """Remove every upload of the project. May be called twice."""
        shutil.rmtree(self._directory / str(project_id), ignore_errors=True)

    def remove_partial(self) -> None:
        """Remove what bodies that broke off with the whole process left behind: nobody has written to it for an hour."""
        for path in self._directory.glob(f"*/{_PARTIAL}*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                    path.unlink()

    async def check_free(self, directory: Path | None = None) -> None:
        """Make room if there is little, and raise DiskNearlyFull when nothing more should be built."""
        directory = directory or self._directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_nearly_full(directory):
            await asyncio.to_thread(self._make_room, directory)
        check_free(directory)

    async def _write(self, body: AsyncIterator[bytes], file: IO[bytes], directory: Path) -> Received:
        digest = hashlib.sha256()
        size = checked = 0
        waiting: list[bytes] = []
        waiting_bytes = 0
        async for chunk in body:
            size += len(chunk)
            waiting_bytes += len(chunk)
            if size > self._limit_bytes:
                raise UploadTooLarge(
                    f"The upload is larger than {self._limit_bytes // 1024**2} MB.",
                    hint="Leave large files out, for example by naming them in .gitignore.",
                )
            waiting.append(chunk)
            if waiting_bytes >= WRITE_BYTES:
                await asyncio.to_thread(_append, b"".join(waiting), file, digest)
                waiting, waiting_bytes = [], 0
            if size - checked >= CHECK_DISK_EVERY_BYTES:
                await self.check_free(directory)
                checked = size
        if not size:
            raise UploadInvalid("The upload is empty.", hint="Send the folder as a tar.zst body.")
        await asyncio.to_thread(_append, b"".join(waiting), file, digest)
        return Received(digest.hexdigest(), size)


def _append(data: bytes, file: IO[bytes], digest: "hashlib._Hash") -> None:
    write_all(file.fileno(), data)
    digest.update(data)


def _publish(partial: Path, path: Path) -> None:
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    with _locked(path.parent):
        os.utime(partial)
        partial.replace(path)
    durable.sync_directory(path.parent)


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    # Between a removal's look at the time and its unlink no new upload of the same bytes may arrive.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
