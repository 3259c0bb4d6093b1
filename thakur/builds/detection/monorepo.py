"""Monorepos: which directories are members of a workspace, and where it is installed."""

import fnmatch
import itertools
import posixpath
from collections.abc import Iterator

from thakur.builds.detection.manifest import Manifest, parse_manifest
from thakur.builds.detection.tree import Tree
from thakur.builds.interface import BuildFailed

PATTERNS = 100


def manifest_of(tree: Tree, directory: str = ".") -> Manifest | None:
    """The package.json of a directory. Raises BuildFailed when it cannot be read."""
    path = posixpath.normpath(f"{directory}/package.json")
    return parse_manifest(tree.text(path), path) if tree.has(path) else None


def members(tree: Tree, directory: str = ".") -> tuple[str, ...]:
    """The directories of the workspace whose root is `directory`, relative to the tree; none if it is no such root."""
    patterns = _patterns(tree, directory)
    if not patterns:
        return ()
    below = tree.below(directory)
    packages = sorted(path.removesuffix("/package.json") for path in below.paths if path.endswith("/package.json"))
    return tuple(
        posixpath.normpath(posixpath.join(directory, package)) for package in packages if _is_named(package, patterns)
    )


def install_root(tree: Tree, root: str) -> str:
    """Where the packages of the application in `root` are installed: at its workspace, else in its own directory."""
    return next((above for above in _above(root) if root in members(tree, above)), root)


def siblings_to_build(tree: Tree, workspace: str, root: str) -> tuple[str, ...]:
    """The names of the members that the application needs, near or far, and that have a build script."""
    manifests = {
        manifest.name: manifest
        for member in members(tree, workspace)
        if (manifest := _readable(tree, member)) is not None and manifest.name
    }
    own = manifest_of(tree, root)
    found: dict[str, Manifest] = {}
    todo = [own] if own else []
    while todo:
        at = todo.pop()
        for name in {**at.dependencies, **at.tools}:
            if name in manifests and name not in found and manifests[name] != own:
                found[name] = manifests[name]
                todo.append(manifests[name])
    return tuple(sorted(name for name, manifest in found.items() if manifest.scripts.get("build", "").strip()))


def _readable(tree: Tree, directory: str) -> Manifest | None:
    try:
        return manifest_of(tree, directory)
    except BuildFailed:
        # Another application's mistake is that application's.
        return None


def _above(root: str) -> Iterator[str]:
    while root not in (".", ""):
        root = posixpath.dirname(root) or "."
        yield root


def _patterns(tree: Tree, directory: str) -> tuple[str, ...]:
    if named := _of_pnpm(tree.text(posixpath.normpath(f"{directory}/pnpm-workspace.yaml"))):
        return named[:PATTERNS]
    manifest = _readable(tree, directory)
    return manifest.workspaces[:PATTERNS] if manifest else ()


def _of_pnpm(text: str) -> tuple[str, ...]:
    # Its list of packages is all that is wanted of the YAML, and it is written line by line.
    lines = iter(text.splitlines())
    if not any(line.rstrip() == "packages:" for line in lines):
        return ()
    within = itertools.takewhile(lambda line: not line.strip() or line.lstrip()[0] in "-#", lines)
    items = (line.strip().removeprefix("-").partition(" #")[0].strip() for line in within if line.lstrip()[:1] == "-")
    return tuple(item.strip("'\"") for item in items)


def _is_named(package: str, patterns: tuple[str, ...]) -> bool:
    is_named = False
    for pattern in patterns:
        is_negated = pattern.startswith("!")
        if _matches(package, pattern.removeprefix("!").removeprefix("./").rstrip("/")):
            is_named = not is_negated
    return is_named


def _matches(package: str, pattern: str) -> bool:
    words, wanted = package.split("/"), pattern.split("/")
    if "**" in wanted:
        at = wanted.index("**")
        return len(words) >= at and all(map(fnmatch.fnmatchcase, words[:at], wanted[:at]))
    return len(words) == len(wanted) and all(map(fnmatch.fnmatchcase, words, wanted))
