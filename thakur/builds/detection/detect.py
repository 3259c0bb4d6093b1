"""Detection: from the names and a few texts of a folder to the plan of its build."""

import posixpath
import shlex

import msgspec

from thakur.builds.detection.commands import shell
from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework
from thakur.builds.detection.frameworks import FRAMEWORKS
from thakur.builds.detection.installing import install_command
from thakur.builds.detection.locks import LOCKS
from thakur.builds.detection.monorepo import install_root, manifest_of, siblings_to_build
from thakur.builds.detection.roots import chosen_root, nothing_recognised
from thakur.builds.detection.runtimes import needs_node
from thakur.builds.detection.tree import Tree
from thakur.builds.interface import BuildFailed, Plan


def detect(tree: Tree) -> Plan:
    """The plan of the first framework that matches. Raises BuildFailed when none does."""
    root = chosen_root(tree)
    folder = Folder(tree.below(root), manifest_of(tree, root))
    framework = recognised(folder)
    if framework is None:
        raise BuildFailed(nothing_recognised(tree, root))
    plan = msgspec.structs.replace(
        framework.plan(folder),
        framework=framework.name,
        build_runtime="node" if needs_node(folder) else "bun",
    )
    return _installed(placed(plan, root), tree, root)


def settle(plan: Plan, built: Tree) -> Plan:
    """The plan as the build's result has it, where only the build decides what it writes."""
    framework = next((row for row in FRAMEWORKS if row.name == plan.framework), None)
    if framework is None or framework.settle is None:
        return plan
    return placed(framework.settle(lifted(plan), built.below(plan.root)), plan.root)


def recognised(folder: Folder) -> Framework | None:
    """The first row that matches."""
    return next((framework for framework in FRAMEWORKS if framework.matches(folder)), None)


def placed(plan: Plan, root: str) -> Plan:
    """A row's plan, whose paths are the application's own, as one whose paths are the source's."""
    if root == ".":
        return plan
    if plan.kind == "server" and plan.output == ".":
        # Packages and files of the workspace may lie above the application: everything is kept.
        return msgspec.structs.replace(plan, root=root, start_in=root)
    copies = tuple(
        msgspec.structs.replace(copy, source=_join(root, copy.source), target=_join(root, copy.target))
        for copy in plan.copies
    )
    return msgspec.structs.replace(plan, root=root, output=_join(root, plan.output), copies=copies)


def lifted(plan: Plan) -> Plan:
    """The other way round."""
    if plan.root == ".":
        return plan
    if plan.kind == "server" and plan.output == ".":
        return msgspec.structs.replace(plan, root=".", start_in=".")
    copies = tuple(
        msgspec.structs.replace(
            copy,
            source=posixpath.relpath(copy.source, plan.root),
            target=posixpath.relpath(copy.target, plan.root),
        )
        for copy in plan.copies
    )
    return msgspec.structs.replace(plan, root=".", output=posixpath.relpath(plan.output, plan.root), copies=copies)


def _installed(plan: Plan, tree: Tree, root: str) -> Plan:
    if not tree.has(_join(root, "package.json")) or (plan.framework == "Plain folder"):
        return plan
    workspace = install_root(tree, root)
    there = tree.below(workspace)
    plan = msgspec.structs.replace(
        plan, install=install_command(there), install_in=workspace, notes=(*plan.notes, *_notes(there))
    )
    if plan.build is None or not (names := siblings_to_build(tree, workspace, root)):
        return plan
    return msgspec.structs.replace(plan, build=shell(f"{_filtered(names)} && {shlex.join(plan.build)}"))


def _filtered(names: tuple[str, ...]) -> str:
    return shlex.join(("bun", "run", *(word for name in names for word in ("--filter", name)), "build"))


def _notes(tree: Tree) -> tuple[str, ...]:
    if tree.has(*LOCKS):
        return ()
    return ("There is no lockfile, so versions may change from build to build; commit a bun.lock.",)


def _join(root: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(root, path))
