"""The slate: what lay in a workspace before a command, so that another can begin where that one began."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from thakur.builds.sources.unpack import CACHE_NAME
from thakur.builds.workspaces.disk import remove_tree

# Never looked into: packages, and the project's own cache. What tools keep beside the packages goes.
_PACKAGES = "node_modules"
_LEFT_BESIDE_PACKAGES = (".cache", ".vite", ".vite-temp", ".tmp")


class Slate:
    """Made before the command, of a workspace in which nothing runs."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._there = frozenset(_paths(workspace))

    def clean(self) -> None:
        """Remove what has come since; what was changed stays changed. Only when nothing runs there any more."""
        for path in list(_paths(self._workspace)):
            if path in self._there and not path.endswith(_PACKAGES):
                continue
            place = self._workspace / path
            if path not in self._there:
                _remove(place)
            elif place.is_dir() and not place.is_symlink():
                for name in _LEFT_BESIDE_PACKAGES:
                    _remove(place / name)


def _paths(root: Path) -> Iterator[str]:
    todo = [""]
    while todo:
        below = todo.pop()
        # A tenant may close its directories, also to a Thakur that is not root: what is in there stays.
        with contextlib.suppress(PermissionError), os.scandir(root / below) as entries:
            for entry in entries:
                path = f"{below}{entry.name}"
                if path == CACHE_NAME:
                    continue
                yield path
                if entry.is_dir(follow_symlinks=False) and entry.name != _PACKAGES:
                    todo.append(f"{path}/")


def _remove(path: Path) -> None:
    with contextlib.suppress(PermissionError):
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        else:
            path.unlink(missing_ok=True)
