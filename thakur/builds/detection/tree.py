"""The tree: what detection may know of a folder, its names and the few texts that say how it is built."""

import os
import re
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

DEPTH = 4
BUILT_DEPTH = 9
NAMES = 20_000
TEXTS_BYTES = 16 * 1024 * 1024
TEXT_BYTES = 512 * 1024
_SKIPPED = frozenset({"node_modules", ".git", ".thakur-cache", ".turbo", "cache"})
_READ = re.compile(
    r"package\.json|angular\.json|app\.json|pnpm-workspace\.yaml|Staticfile|thakur\.(toml|json)|_config\.yml"
    r"|\.umirc\.[jt]s|\.eleventy\.[cm]?js|([\w-]+\.)*config\.[cm]?[jt]s"
    r"|(index|server|app|main)\.([cm]?[jt]s|[jt]sx)"
)


class Tree(msgspec.Struct, frozen=True):
    """`paths` are the files' names relative to the root, links among them; `texts` are the contents of a few."""

    paths: frozenset[str]
    texts: Mapping[str, str] = {}

    def has(self, *paths: str) -> bool:
        """Whether one of them is there."""
        return any(path in self.paths for path in paths)

    def holds(self, directory: str) -> bool:
        """Whether there is a file somewhere in that directory."""
        return any(path.startswith(f"{directory}/") for path in self.paths)

    def text(self, path: str) -> str:
        """The text of a file that is interesting, else nothing."""
        return self.texts.get(path, "")

    def below(self, directory: str) -> "Tree":
        """The same as seen from a directory of it."""
        if directory == ".":
            return self
        start = f"{directory}/"
        cut = len(start)
        return Tree(
            frozenset(path[cut:] for path in self.paths if path.startswith(start)),
            {path[cut:]: text for path, text in self.texts.items() if path.startswith(start)},
        )


def read_tree(root: Path) -> Tree:
    """Read a folder that was unpacked and not yet touched by its own code: its links stay inside."""
    paths = _names(root, DEPTH)
    texts: dict[str, str] = {}
    left = TEXTS_BYTES
    for path in sorted((path for path in paths if _READ.fullmatch(path.rpartition("/")[2])), key=_nearest):
        if left <= 0:
            break
        texts[path] = _read(root / path)
        left -= max(1024, len(texts[path]))
    return Tree(frozenset(paths), texts)


def read_built_tree(root: Path) -> Tree:
    """The names, deeper down, of a folder after its build; none of its texts are believed."""
    return Tree(frozenset(_names(root, BUILT_DEPTH)))


def _names(root: Path, depth: int) -> list[str]:
    # Breadth first: when there are too many, those far down are the ones to miss.
    paths: list[str] = []
    todo = deque([("", 0)])
    while todo and len(paths) < NAMES:
        below, level = todo.popleft()
        # A build may have closed a directory, to Thakur too where that is the same user.
        with suppress(PermissionError), os.scandir(root / below) as entries:
            for entry in entries:
                path = f"{below}{entry.name}"
                if not entry.is_dir(follow_symlinks=False):
                    paths.append(path)
                elif level < depth and entry.name not in _SKIPPED:
                    todo.append((f"{path}/", level + 1))
    return paths


def _nearest(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(TEXT_BYTES).decode(errors="replace")
    except OSError:
        # A link that dangles, or one to a directory.
        return ""
