"""Pruning: packages that only development needs are left out of a server's artifact, where nothing tells that it needs them."""

import os
import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path

from thakur.builds.packing.mentions import Development, named_by_start, named_in_code
from thakur.builds.packing.packages import MODULES, Package, package_at, resolve
from thakur.builds.plan import Plan
from thakur.builds.workspaces.disk import remove_tree

_ISOLATED = ".bun"


def prune(root: Path, plan: Plan) -> tuple[str, ...]:
    """Remove from `root`/node_modules what the application does not need to run; returns the names of what is gone.

    Nothing is removed where that cannot be told: of a workspace, or of code that is too large to be read. Nothing runs
    there any more; blocking.
    """
    root = root.resolve()
    own = package_at(root)
    is_alone = plan.kind == "server" and plan.install is not None and plan.root == plan.install_in == plan.output
    if own is None or not is_alone or own.has_workspaces or not own.development:
        return ()
    needed = _needed(root, own, plan)
    return () if needed is None else tuple(sorted(_remove_others(root / MODULES, needed)))


def _needed(root: Path, own: Package, plan: Plan) -> set[Path] | None:
    found = {name: resolve(root, root, name) for name in own.development}
    there = {name: package for name, package in found.items() if package is not None}
    development = Development({name: package.commands for name, package in there.items()})
    mentioned = named_in_code(root, development)
    if mentioned is None:
        return None
    added = {f"@{name[1:].partition('@')[0]}" if name[:1] == "@" else name.partition("@")[0] for name in plan.adds}
    wanted = {*own.needs, *mentioned, *named_by_start(plan.start or (), own.scripts, development), *added}
    return _reached(root, root, wanted)


def _reached(root: Path, place: Path, names: Iterable[str]) -> set[Path]:
    reached: set[Path] = set()
    todo = [(place, name) for name in names]
    while todo:
        place, name = todo.pop()
        package = resolve(root, place, name)
        if package is not None and package.place not in reached:
            reached.add(package.place)
            todo += [(package.place, need) for need in package.needs]
    return reached


def _remove_others(modules: Path, needed: set[Path]) -> Iterator[str]:
    kept = {place for found in needed for place in (found, *found.parents)}
    for entry in _packages(modules):
        if entry.resolve() not in kept:
            remove_tree(entry)
            yield posixpath.relpath(entry, modules)
    # What one package of bun's store holds lies in a directory of its own.
    store = modules / _ISOLATED
    if store.is_dir() and not store.is_symlink():
        for entry in _directories(store):
            if entry.name != MODULES and entry not in kept:
                remove_tree(entry)
    _remove_dangling(modules / ".bin")


def _packages(modules: Path) -> list[Path]:
    packages = []
    for entry in list(modules.iterdir()):
        if entry.name.startswith("@") and entry.is_dir() and not entry.is_symlink():
            packages += list(entry.iterdir())
        elif not entry.name.startswith("."):
            packages.append(entry)
    return packages


def _directories(directory: Path) -> list[Path]:
    with os.scandir(directory) as entries:
        return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]


def _remove_dangling(directory: Path) -> None:
    if directory.is_symlink() or not directory.is_dir():
        return
    for link in list(directory.iterdir()):
        if link.is_symlink() and not link.exists():
            link.unlink()
