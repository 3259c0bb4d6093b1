"""The slate: what lay in a workspace before a command, so that another can begin where that one began."""

import contextlib
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from thakur.builds.sources.unpack import CACHE_NAME
from thakur.builds.workspaces.disk import remove_tree, write_all

# Never looked into: packages, and the project's own cache. What tools keep beside the packages goes.
_PACKAGES = "node_modules"
_LEFT_BESIDE_PACKAGES = (".cache", ".vite", ".vite-temp", ".tmp")
# What tools rewrite are small texts. They are kept in memory, for most slates are never used.
LARGEST_BYTES = 256 * 1024
ALL_BYTES = 16 * 1024 * 1024


class _File(msgspec.Struct, frozen=True):
    told: tuple[int, ...]
    mode: int
    uid: int
    content: bytes | None


class Slate:
    """Made before the command, of a workspace in which nothing runs; what lies in `lent` is taken for new."""

    def __init__(self, workspace: Path, lent: Collection[str] = ()) -> None:
        self._workspace = workspace
        self._left_bytes = ALL_BYTES
        self._there: set[str] = set()
        self._files: dict[str, _File] = {}
        for path, entry in _below(workspace, lent):
            self._there.add(path)
            if entry.is_file(follow_symlinks=False):
                self._files[path] = self._read(entry)

    def clean(self) -> list[str]:
        """Remove what has come since, put back the files that were changed or went; returns those that could not be.

        Only when nothing runs there any more.
        """
        for path, _ in list(_below(self._workspace)):
            place = self._workspace / path
            if path not in self._there:
                _remove(place)
            elif path.endswith(_PACKAGES) and place.is_dir() and not place.is_symlink():
                for name in _LEFT_BESIDE_PACKAGES:
                    _remove(place / name)
        changed = [path for path, file in self._files.items() if _told(self._workspace / path) != file.told]
        return [path for path in changed if not self._put_back(path, self._files[path])]

    def _read(self, entry: "os.DirEntry[str]") -> _File:
        found = entry.stat(follow_symlinks=False)
        content = None
        if found.st_size <= min(LARGEST_BYTES, self._left_bytes):
            with contextlib.suppress(PermissionError):
                content = Path(entry.path).read_bytes()
                self._left_bytes -= len(content)
        return _File(_numbers(found), stat.S_IMODE(found.st_mode), found.st_uid, content)

    def _put_back(self, path: str, file: _File) -> bool:
        if file.content is None:
            return False
        try:
            self._clear_the_way(path, file.uid)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._workspace / path, flags, 0o600)
            try:
                write_all(descriptor, file.content)
                os.fchown(descriptor, file.uid, -1)
                os.fchmod(descriptor, file.mode)
            finally:
                os.close(descriptor)
        except PermissionError:
            # A tenant may close its directories, also to a Thakur that is not root.
            return False
        return True

    def _clear_the_way(self, path: str, uid: int) -> None:
        place = self._workspace
        for part in Path(path).parts[:-1]:
            place = place / part
            if place.is_symlink() or not place.is_dir():
                _remove(place)
                place.mkdir(mode=0o755)
                os.chown(place, uid, -1)
        _remove(self._workspace / path)


def _below(root: Path, but: Collection[str] = ()) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    todo = [""]
    while todo:
        below = todo.pop()
        # Also here: what is in a closed directory stays.
        with contextlib.suppress(PermissionError), os.scandir(root / below) as entries:
            for entry in entries:
                path = f"{below}{entry.name}"
                if path == CACHE_NAME or path in but:
                    continue
                yield path, entry
                if entry.is_dir(follow_symlinks=False) and entry.name != _PACKAGES:
                    todo.append(f"{path}/")


def _told(path: Path) -> tuple[int, ...] | None:
    try:
        return _numbers(path.lstat())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None


def _numbers(found: os.stat_result) -> tuple[int, ...]:
    return (found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _remove(path: Path) -> None:
    with contextlib.suppress(PermissionError):
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        else:
            path.unlink(missing_ok=True)
