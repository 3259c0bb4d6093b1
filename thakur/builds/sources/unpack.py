"""From an upload to a directory: a tar.zst is unpacked while nothing of it can be run or followed."""

import os
import stat
import sys
import threading
from pathlib import Path

import msgspec

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from thakur.builds.interface import UNPACKED_BYTES, UNPACKED_ENTRIES, UploadInvalid
from thakur.builds.sources.links import Parts, stays_inside
from thakur.builds.sources.tarball import Kind, Tarball, TarEntry
from thakur.builds.workspaces.disk import write_all

# Names are strings here: a tree has up to 200,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH102, PTH108, PTH211

CACHE_NAME = ".thakur-cache"
NAME_BYTES = 255
PATH_BYTES = 2048
DEPTH = 100
# A tar has up to four blocks before each file's own bytes.
ENTRY_BYTES = 2048


class Unpacked(msgspec.Struct, frozen=True):
    """What lies in the directory now."""

    files: int
    size_bytes: int


class Canceled(Exception):
    """The flag was set while unpacking."""


def unpack(
    archive: Path,
    directory: Path,
    uid: int | None,
    canceled: threading.Event,
    limit_bytes: int = UNPACKED_BYTES,
    limit_entries: int = UNPACKED_ENTRIES,
) -> Unpacked:
    """Unpack into the new directory `directory`, which must not be reachable by any tenant while this runs.

    `uid` becomes the owner of everything. Blocking: call it in a thread. Raises UploadInvalid, UploadTooLarge, Canceled.
    """
    directory.mkdir(mode=0o755)
    _own(directory, uid)
    try:
        with zstd.ZstdFile(archive) as stream:
            return _Unpacking(directory, uid, canceled).all(Tarball(stream, limit_bytes, limit_entries))
    except zstd.ZstdError as error:
        raise UploadInvalid(f"The upload is no zstd stream: {error}.", hint="Send the folder as a tar.zst.") from error
    except EOFError as error:
        raise UploadInvalid("The upload ends in the middle.", hint="Send it again.") from error


def unpack_tar(
    archive: Path,
    directory: Path,
    uid: int | None,
    canceled: threading.Event,
    limit_bytes: int = UNPACKED_BYTES,
    limit_entries: int = UNPACKED_ENTRIES,
) -> Unpacked:
    """The same for a tar that something in a sandbox has written: it may lie in its name and in every byte."""
    directory.mkdir(mode=0o755)
    _own(directory, uid)
    # Neither a link to a file of this host nor a FIFO that nobody writes to.
    with os.fdopen(os.open(archive, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise UploadInvalid("The archive is no file.")
        try:
            # The archive's own headers come on top of what it holds.
            tarball = Tarball(stream, limit_bytes + ENTRY_BYTES * limit_entries, limit_entries)
            return _Unpacking(directory, uid, canceled).all(tarball)
        except EOFError as error:
            raise UploadInvalid("The archive ends in the middle.") from error


def parts_of(name: str) -> Parts:
    """The path's parts, none for the root itself. Raises UploadInvalid for a name that is absolute, leaves, or is too long."""
    if name.startswith("/"):
        raise UploadInvalid(f"{name!r} is an absolute name.")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if ".." in parts:
        raise UploadInvalid(f"{name!r} leads out of the folder.")
    if "\0" in name:
        raise UploadInvalid(f"{name!r} holds a NUL.")
    is_long = len(_bytes(name)) > PATH_BYTES or any(len(_bytes(part)) > NAME_BYTES for part in parts)
    if is_long or len(parts) > DEPTH:
        raise UploadInvalid(f"{name[:100]!r}… is too long or too deep.")
    return parts


class _Unpacking:
    # Links are made when all files are there, so nothing is ever written through one; until then they are only names.

    def __init__(self, directory: Path, uid: int | None, canceled: threading.Event) -> None:
        self._root = str(directory)
        self._uid = uid
        self._canceled = canceled
        self._directories: set[Parts] = {()}
        self._files: dict[Parts, int] = {}
        self._links: dict[Parts, str] = {}

    def all(self, tarball: Tarball) -> Unpacked:
        for entry in tarball:
            if self._canceled.is_set():
                raise Canceled
            parts = parts_of(entry.name)
            if not _is_dropped(parts):
                self._one(entry, parts, tarball)
        for parts in self._links:
            if self._canceled.is_set():
                raise Canceled
            self._make_link(parts)
        return Unpacked(len(self._files), sum(self._files.values()))

    def _one(self, entry: TarEntry, parts: Parts, tarball: Tarball) -> None:
        if entry.kind is Kind.DIRECTORY:
            self._make_directory(parts)
            return
        if not parts or parts in self._directories:
            raise UploadInvalid(f"{entry.name!r} is a directory and a {entry.kind}.")
        self._make_directory(parts[:-1])
        self._forget(parts)
        if entry.kind is Kind.FILE:
            self._make_file(entry, parts, tarball)
        elif entry.kind is Kind.HARD_LINK:
            self._make_hard_link(entry, parts)
        else:
            self._links[parts] = _target(entry)

    def _make_directory(self, parts: Parts) -> None:
        if parts in self._directories:
            return
        self._make_directory(parts[:-1])
        if parts in self._files or parts in self._links:
            raise UploadInvalid(f"{'/'.join(parts)!r} is a directory and a file or link.")
        path = self._path(parts)
        os.mkdir(path, 0o755)
        _own(path, self._uid)
        self._directories.add(parts)

    def _forget(self, parts: Parts) -> None:
        # The last of several entries of one name counts; the file is unlinked, never written again: it may have links.
        self._links.pop(parts, None)
        if self._files.pop(parts, None) is not None:
            os.unlink(self._path(parts))

    def _make_file(self, entry: TarEntry, parts: Parts, tarball: Tarball) -> None:
        mode = 0o755 if entry.is_executable else 0o644
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._path(parts), flags, mode)
        try:
            os.fchmod(descriptor, mode)
            _own(descriptor, self._uid)
            for chunk in tarball.data():
                write_all(descriptor, chunk)
                if self._canceled.is_set():
                    raise Canceled
        finally:
            os.close(descriptor)
        self._files[parts] = entry.size_bytes

    def _make_hard_link(self, entry: TarEntry, parts: Parts) -> None:
        source = parts_of(entry.target)
        if source not in self._files:
            raise UploadInvalid(f"{entry.name!r} is a hard link to {entry.target!r}, which is no file before it.")
        os.link(self._path(source), self._path(parts))
        self._files[parts] = 0

    def _make_link(self, parts: Parts) -> None:
        if not stays_inside(parts, self._links):
            raise UploadInvalid(
                f"{'/'.join(parts)!r} is a link that leaves the folder, or never ends: {self._links[parts]!r}."
            )
        path = self._path(parts)
        os.symlink(self._links[parts], path)
        _own(path, self._uid)

    def _path(self, parts: Parts) -> str:
        return "/".join((self._root, *parts))


def _is_dropped(parts: Parts) -> bool:
    return ".git" in parts or parts[:1] == (CACHE_NAME,)


def _target(entry: TarEntry) -> str:
    if not entry.target or "\0" in entry.target or len(_bytes(entry.target)) > PATH_BYTES:
        raise UploadInvalid(f"{entry.name!r} is a link without a usable target.")
    return entry.target


def _own(path: Path | str | int, uid: int | None) -> None:
    if uid is None:
        return
    if isinstance(path, int):
        os.fchown(path, uid, uid)
    else:
        os.lchown(path, uid, uid)


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
