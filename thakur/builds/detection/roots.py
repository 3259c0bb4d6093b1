"""Roots: which directory of the source is the application."""

import posixpath

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.frameworks import FRAMEWORKS
from thakur.builds.detection.frameworks.servers import LIBRARIES
from thakur.builds.detection.monorepo import manifest_of, members
from thakur.builds.detection.tree import Tree
from thakur.builds.interface import BuildFailed, Failure

_SHOWN = 8
_LOOKED_AT = 200


def chosen_root(tree: Tree, asked: str | None = None) -> str:
    """The directory that was asked for, else the top, else the only application of a workspace. Raises BuildFailed."""
    if asked is not None:
        root = posixpath.normpath(asked)
        if root != "." and not tree.holds(root):
            raise BuildFailed(_no_such_root(asked, applications(tree)))
        return root
    workspace = members(tree)
    if not workspace or _is_application(tree, "."):
        return "."
    found = [root for root in applications(tree) if root in workspace]
    if len(found) > 1:
        raise BuildFailed(_wrong_root(tuple(found)))
    return found[0] if found else "."


def applications(tree: Tree) -> tuple[str, ...]:
    """The directories, but for the top, that a row of the table takes for an application, those nearest first."""
    packages = {path.rpartition("/")[0] for path in tree.paths if path.endswith("/package.json")}
    folders = {path.rpartition("/")[0] for path in tree.paths if path.endswith(("/index.html", "/Staticfile"))}
    inside = {folder for folder in folders if not any(_is_below(folder, package) for package in packages)}
    nearest = sorted(packages | inside, key=lambda directory: (directory.count("/"), directory))
    return tuple(directory for directory in nearest[:_LOOKED_AT] if _is_application(tree, directory))


def nothing_recognised(tree: Tree, root: str) -> Failure:
    """What was looked for, or, where applications lie further down, that the root is another directory."""
    if root == "." and (found := applications(tree)):
        return _wrong_root(found)
    if manifest_of(tree, root) is None:
        why = "There is no package.json, no index.html or public/index.html, and no server, index, app or main file."
    else:
        why = (
            "package.json names no framework that builds pages, no start script that is a server, and none of "
            f"{', '.join(LIBRARIES)} with a file to start (server, index, app or main, also in src)."
        )
    where = "this folder" if root == "." else root
    return Failure(
        code="nothing_recognised",
        what=f"Nothing in {where} was recognised as an application.",
        why=why,
        next="Add a start script to package.json, or an index.html for a plain site, or say start or output in thakur.toml.",
    )


def _is_application(tree: Tree, directory: str) -> bool:
    try:
        folder = Folder(tree.below(directory), manifest_of(tree, directory))
    except BuildFailed:
        return False
    return any(framework.matches(folder) for framework in FRAMEWORKS if not framework.is_guess)


def _is_below(directory: str, above: str) -> bool:
    return directory == above or directory.startswith(f"{above}/")


def _wrong_root(found: tuple[str, ...]) -> Failure:
    one = found[0]
    return Failure(
        code="wrong_root",
        what="Nothing at the top of this folder was recognised as an application.",
        why=f"There {'is an application' if len(found) == 1 else 'are applications'} further down: {_named(found)}.",
        next=f'Say which: root = "{one}" in thakur.toml at the top, or thakur projects set NAME root={one}',
    )


def _no_such_root(asked: str, found: tuple[str, ...]) -> Failure:
    return Failure(
        code="wrong_root",
        what=f"The root directory {asked} does not exist in the source.",
        why=f"Applications lie in: {_named(found)}." if found else "No directory of it looks like an application.",
        next="Set root to the application's directory, relative to the top: in thakur.toml, or with thakur projects set.",
    )


def _named(found: tuple[str, ...]) -> str:
    return ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
