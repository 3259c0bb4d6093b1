"""Packages as they were installed: `node_modules` goes from build to build while nothing but an installation wrote to it."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from thakur.builds.caches.scripts import has_unknown_scripts
from thakur.builds.caches.trees import directory_below, make_way
from thakur.builds.sources.unpack import CACHE_NAME
from thakur.builds.workspaces.disk import remove_tree

# Names are strings here: a tree has up to 200,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH208

NAME = "node_modules"

log = logging.getLogger(__name__)


class Modules:
    """Those of one build. On `shelf` lie those of one earlier build at most, under their key."""

    def __init__(self, shelf: Path, workspace: Path) -> None:
        self._shelf = shelf
        self._workspace = workspace
        self._aside = workspace.with_name(f"{workspace.name}.modules")
        self._key: str | None = None
        self._names: dict[str, frozenset[str]] = {}
        self._installed_ns = 0
        self.are_lent = False

    def lend(self, key: str | None, uid: int | None, *, is_wanted: bool) -> bool:
        """Move those of this key into the workspace; whether they are there now. A build beside this one may have them."""
        self._key = key
        if key is None or not is_wanted:
            return False
        try:
            (self._shelf / key).rename(self._aside)
            for path in self._aside.iterdir():
                target = make_way(self._workspace, unquote(path.name), uid)
                if target is not None:
                    path.rename(target)
        except FileNotFoundError:
            return False
        except OSError:
            log.info("packages were not lent", extra={"directory": str(self._workspace)}, exc_info=True)
            self.drop()
            return False
        self.are_lent = True
        return True

    def drop(self) -> None:
        """Remove what was lent, as if there had been nothing."""
        for place in _places(self._workspace):
            remove_tree(self._workspace / place)
        self.are_lent = False

    def note(self, installed_ns: int) -> None:
        """Note how things are now that the installation has ended, at that moment."""
        if self._key is not None:
            self._installed_ns = installed_ns
            try:
                places = _places(self._workspace)
                self._names = {place: frozenset(os.listdir(self._workspace / place)) for place in places}
            except OSError:
                # A script of a package has closed a directory to its own user, which is Thakur's where it is not root.
                log.info("packages cannot be kept", extra={"directory": str(self._workspace)}, exc_info=True)

    def keep(self) -> None:
        """Put them on the shelf, if they are as they were installed and would be so again."""
        if self._key is None or not self._names:
            return
        are_kept = all(self._is_as_installed(place, names) for place, names in self._names.items())
        if are_kept and not self.are_lent:
            are_kept = not any(has_unknown_scripts(self._workspace / place) for place in self._names)
        if are_kept:
            remove_tree(self._aside)
            self._aside.mkdir(mode=0o700)
            for place in self._names:
                (self._workspace / place).rename(self._aside / quote(place, safe=""))
            for path in self._shelf.iterdir():
                remove_tree(path)
            self._aside.rename(self._shelf / self._key)

    def leave(self) -> None:
        """Remove what is left beside the workspace."""
        remove_tree(self._aside)

    def _is_as_installed(self, place: str, names: frozenset[str]) -> bool:
        root = directory_below(self._workspace, place)
        if root is None:
            return False
        there = frozenset(os.listdir(root))
        for name in there - names:
            # Tools put their own beside the packages, in names with a dot.
            if not name.startswith("."):
                return False
            remove_tree(root / name)
        return names <= there and not any(found.st_ctime_ns > self._installed_ns for found in _below(root))


def own_bytes(shelf: Path) -> int:
    """The bytes that are nowhere else: most files are second names of files in the package cache."""
    return sum(found.st_blocks * 512 for found in _below(shelf) if stat.S_ISDIR(found.st_mode) or found.st_nlink == 1)


def _below(root: Path) -> Iterator[os.stat_result]:
    todo = [str(root)]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                yield found
                if stat.S_ISDIR(found.st_mode):
                    todo.append(entry.path)


def _places(workspace: Path) -> list[str]:
    places = []
    todo = [""]
    while todo:
        below = todo.pop()
        with os.scandir(workspace / below) as entries:
            for entry in entries:
                path = f"{below}{entry.name}"
                if entry.is_dir(follow_symlinks=False) and path not in (CACHE_NAME, ".git"):
                    if entry.name == NAME:
                        places.append(path)
                    else:
                        todo.append(f"{path}/")
    return places
