"""How the packages of a folder are installed: the command, chosen by the lockfile."""

from thakur.builds.detection.tree import Tree


def install_command(tree: Tree) -> tuple[str, ...]:
    """Install what package.json asks for, by bun's own lock where there is one."""
    if tree.has("bun.lock", "bun.lockb"):
        return ("bun", "install", "--frozen-lockfile")
    # npm and yarn lay packages out flat and their users' code relies on it; pnpm's does not.
    return ("bun", "install") if tree.has("pnpm-lock.yaml") else ("bun", "install", "--linker", "hoisted")
