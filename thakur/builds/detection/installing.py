"""How the packages of a folder are installed: the command, chosen by the lockfile."""

from thakur.builds.detection.locks import LOCKS, chosen_lock
from thakur.builds.detection.tree import Tree
from thakur.builds.detection.wishes import read_wishes


def install_command(tree: Tree) -> tuple[str, ...]:
    """Install what package.json asks for, by bun's own lock where there is one."""
    names = frozenset(name for name in LOCKS if tree.has(name))
    lock = chosen_lock(names, read_wishes(tree.text("package.json")).package_manager)
    manager = LOCKS[lock] if lock else "npm"
    if manager == "bun":
        return ("bun", "install", "--frozen-lockfile")
    # npm and yarn lay packages out flat and their users' code relies on it; pnpm's does not.
    return ("bun", "install") if manager == "pnpm" else ("bun", "install", "--linker", "hoisted")
