"""Trees that a tenant has written, at rest: found, copied and measured without following a link."""

import os
import shutil
import stat
from pathlib import Path

# Names are strings here: a tree has up to 200,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH102, PTH115, PTH211

COPY_BYTES = 64 * 1024 * 1024


def directory_below(root: Path, place: str) -> Path | None:
    """The directory at `place`, if every part of the way is a directory and not a link to one."""
    found = root
    for part in Path(place).parts:
        found = found / part
        try:
            if not stat.S_ISDIR(found.lstat().st_mode):
                return None
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
    return found


def make_way(root: Path, place: str, uid: int | None) -> Path | None:
    """The path of `place`, which does not exist yet, in a directory that does; None if a link or a file is in the way."""
    found = root
    for part in Path(place).parts[:-1]:
        found = found / part
        try:
            found.mkdir(mode=0o755)
            own(str(found), uid)
        except FileExistsError:
            if not stat.S_ISDIR(found.lstat().st_mode):
                return None
    found = found / Path(place).name
    return None if os.path.lexists(found) else found


def copy_tree(source: Path, target: Path, uid: int | None) -> None:
    """Copy directories, files and links, with their times, into the new directory `target`. Nothing is shared afterwards."""
    todo = [(str(source), str(target))]
    while todo:
        below, place = todo.pop()
        os.mkdir(place, 0o755)
        own(place, uid)
        with os.scandir(below) as entries:
            for entry in entries:
                name = f"{place}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    todo.append((entry.path, name))
                elif entry.is_symlink():
                    os.symlink(os.readlink(entry.path), name)
                    own(name, uid)
                elif entry.is_file(follow_symlinks=False):
                    _copy_file(entry, name)
                    own(name, uid)


def size_of(root: Path, seen: set[int] | None = None) -> int:
    """The bytes of everything below; a file with several names counts once, and not at all if it is in `seen`."""
    size = 0
    seen = set() if seen is None else seen
    todo = [str(root)]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    todo.append(entry.path)
                elif found.st_nlink > 1:
                    if found.st_ino in seen:
                        continue
                    seen.add(found.st_ino)
                # A file of a few bytes on disk may claim to be endless, and a copy of it would be.
                size += max(found.st_size, found.st_blocks * 512)
    return size


def own(path: str, uid: int | None) -> None:
    """Hand a name to the project, where that can be done."""
    if uid is not None:
        os.lchown(path, uid, uid)


def _copy_file(entry: "os.DirEntry[str]", name: str) -> None:
    found = entry.stat(follow_symlinks=False)
    source = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        target = os.open(name, flags, stat.S_IMODE(found.st_mode) & 0o777)
        try:
            _copy_bytes(source, target)
            os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
        finally:
            os.close(target)
    finally:
        os.close(source)


def _copy_bytes(source: int, target: int) -> None:
    # The kernel copies, and where the file system can, the two files share their blocks until one is written.
    try:
        while os.copy_file_range(source, target, COPY_BYTES):
            pass
    except OSError:
        os.lseek(source, 0, os.SEEK_SET)
        os.ftruncate(target, 0)
        with os.fdopen(os.dup(source), "rb") as reading, os.fdopen(os.dup(target), "wb") as writing:
            writing.seek(0)
            shutil.copyfileobj(reading, writing)
