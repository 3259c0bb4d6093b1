"""The tree: what detection may know of a folder, its names and the few texts that say how it is built."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

DEPTH = 4
NAMES = 20_000
TEXT_BYTES = 512 * 1024
_SKIPPED = frozenset({"node_modules", ".git", ".thakur-cache"})
_READ = re.compile(
    r"package\.json|angular\.json|(vite|astro|svelte|next|nuxt|docusaurus|vue|rsbuild)\.config\.(js|mjs|cjs|ts|mts|cts)"
    r"|Staticfile|(src/)?(index|server|app|main)\.(ts|mts|cts|tsx|js|mjs|cjs|jsx)"
)


class Tree(msgspec.Struct, frozen=True):
    """`paths` are the files' names relative to the root, links among them; `texts` are the contents of a few."""

    paths: frozenset[str]
    texts: Mapping[str, str] = {}

    def has(self, *paths: str) -> bool:
        """Whether one of them is there."""
        return any(path in self.paths for path in paths)

    def text(self, path: str) -> str:
        """The text of a file that is interesting, else nothing."""
        return self.texts.get(path, "")


def read_tree(root: Path) -> Tree:
    """Read a folder that was unpacked and not yet touched by its own code: its links stay inside."""
    paths: set[str] = set()
    todo = [("", 0)]
    while todo and len(paths) < NAMES:
        below, depth = todo.pop()
        with os.scandir(root / below) as entries:
            for entry in entries:
                path = f"{below}{entry.name}"
                if not entry.is_dir(follow_symlinks=False):
                    paths.add(path)
                elif depth < DEPTH and entry.name not in _SKIPPED:
                    todo.append((f"{path}/", depth + 1))
    texts = {path: _read(root / path) for path in paths if _READ.fullmatch(path)}
    return Tree(frozenset(paths), texts)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(TEXT_BYTES).decode(errors="replace")
    except OSError:
        # A link that dangles, or one to a directory.
        return ""
