"""Packages: bun's cache, which lies in the workspace while a build runs and comes out without what the build has changed.

Files of `node_modules` are second names of files in this cache: whoever writes into one in place writes into both.
"""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from thakur.builds.caches.trees import directory_below, own, size_of
from thakur.builds.sources.unpack import CACHE_NAME
from thakur.builds.workspaces.disk import remove_tree

# Names are strings here: a cache has up to 200,000 of them, and Path costs more than the system call.

BUN = "bun"

log = logging.getLogger(__name__)


class Package(msgspec.Struct, frozen=True):
    """One directory of bun's cache: its size, whether it is as bun left it, and whether a `node_modules` has its files."""

    path: str
    size_bytes: int
    is_intact: bool
    is_used: bool


class Returned(msgspec.Struct, frozen=True):
    """A cache that lies on its shelf again: its size, and what of it no `node_modules` of the build had."""

    size_bytes: int
    unused: tuple[tuple[Path, int], ...]


def lend(packages: Path, workspace: Path, uid: int | None) -> bool:
    """Move the cache into the workspace; whether anything was in it. Another build may have it: then it begins empty."""
    place = workspace / CACHE_NAME
    try:
        packages.rename(place)
    except FileNotFoundError:
        place.mkdir(mode=0o755)
        ignore = place / ".gitignore"
        ignore.write_text("*\n")
        own(str(place), uid)
        own(str(ignore), uid)
    return directory_below(place, BUN) is not None


def take_back(workspace: Path, packages: Path, installed_ns: int | None) -> Returned | None:
    """Move the cache out again, without packages that changed after `installed_ns`.

    It is removed instead, and None returned, when something else is in its place, when another build's lies on the shelf
    already, or when the shelf is gone: then somebody has cleared it.
    """
    if not workspace.is_dir():
        return None
    place = workspace / CACHE_NAME
    try:
        # Who is not root moves a directory only if it may write there, and the build may have closed both.
        workspace.chmod(0o755)
        if directory_below(workspace, CACHE_NAME) is not None:
            place.chmod(0o755)
            size_bytes, unused = _sifted(place, installed_ns)
            place.rename(packages)
            return Returned(size_bytes, tuple((packages / path, size) for path, size in unused))
    except OSError:
        log.info("packages were not kept", extra={"directory": str(packages)}, exc_info=True)
    remove_tree(place)
    return None


def contents(packages: Path, installed_ns: int | None) -> Iterator[Package]:
    """Every directory in which bun keeps one package's files, or the list of its versions."""
    bun = directory_below(packages, BUN)
    if bun is None:
        return
    for path in _directories(str(bun)):
        # A scope holds packages; its name begins with @, and theirs hold one.
        if path.rpartition("/")[2].startswith("@"):
            for below in _directories(path):
                yield _package(below, installed_ns)
        else:
            yield _package(path, installed_ns)


def _sifted(place: Path, installed_ns: int | None) -> tuple[int, list[tuple[Path, int]]]:
    others = (directory_below(place, path.name) for path in place.iterdir() if path.name != BUN)
    size_bytes = sum(size_of(path) for path in others if path is not None) + _lists_of_versions(place)
    unused = []
    for package in contents(place, installed_ns):
        if not package.is_intact:
            remove_tree(Path(package.path))
            continue
        size_bytes += package.size_bytes
        if not package.is_used:
            unused.append((Path(package.path).relative_to(place), package.size_bytes))
    return size_bytes, unused


def _lists_of_versions(place: Path) -> int:
    bun = directory_below(place, BUN)
    if bun is None:
        return 0
    with os.scandir(bun) as entries:
        return sum(entry.stat().st_size for entry in entries if entry.is_file(follow_symlinks=False))


def _package(path: str, installed_ns: int | None) -> Package:
    # bun unpacks beside the cache and moves the directory in, so its own change is later than the writing of its files.
    arrived_ns = os.lstat(path).st_ctime_ns
    if installed_ns is None or arrived_ns > installed_ns:
        installed_ns = None
    size, is_intact, is_used = 0, True, False
    todo = [path]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    todo.append(entry.path)
                elif stat.S_ISREG(found.st_mode):
                    is_used = is_used or found.st_nlink > 1
                    is_late = installed_ns is not None and found.st_ctime_ns > installed_ns
                    is_intact = is_intact and found.st_mtime_ns <= arrived_ns and not is_late
                size += max(found.st_size, found.st_blocks * 512)
    return Package(path, size, is_intact, is_used)


def _directories(path: str) -> list[str]:
    with suppress(FileNotFoundError), os.scandir(path) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    return []
