"""Detection: from the names and a few texts of a folder, and what somebody says of it, to the plan of its build."""

import shlex

import msgspec

from thakur.builds.detection.commands import shell
from thakur.builds.detection.file import read_file
from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework
from thakur.builds.detection.frameworks import FRAMEWORKS
from thakur.builds.detection.installing import install_command
from thakur.builds.detection.locks import LOCKS
from thakur.builds.detection.monorepo import install_root, manifest_of, siblings_to_build
from thakur.builds.detection.overriding import (
    OF_THE_START,
    SETTINGS,
    noted,
    overridden,
    started,
    with_settings,
)
from thakur.builds.detection.places import joined, placed
from thakur.builds.detection.roots import chosen_root, nothing_recognised
from thakur.builds.detection.runtimes import needs_node
from thakur.builds.detection.tree import Tree
from thakur.builds.interface import BuildFailed
from thakur.builds.plan import Plan
from thakur.projects import Overrides, merged, said

_OWN_COMMANDS = "Own commands"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a folder, from its own file and from the project's settings, which have the last word.

    `plan` is kept with what is built; `overrides` are all that was said. `detected` is what would be without them.
    """

    plan: Plan
    detected: Plan
    root: str
    settings: Overrides
    file: Overrides = Overrides()
    file_path: str = ""

    @property
    def overrides(self) -> Overrides:
        return merged(self.settings, self.file)

    @property
    def effective(self) -> Plan:
        """The plan as it is followed when it is deployed under the settings of now."""
        return with_settings(self.plan, self.settings)


def decide(tree: Tree, settings: Overrides) -> Decision:
    """Look at a folder before its build. Raises BuildFailed when nothing is recognised or something said is impossible."""
    root, path, file = _file(tree, settings)
    overrides = merged(settings, file)
    folder = Folder(tree.below(root), manifest_of(tree, root), is_told_start=overrides.start is not None)
    detected = _installed(_recognised(folder, overrides, tree, root), tree, root)
    decision = Decision(plan=detected, detected=detected, root=root, settings=settings, file=file, file_path=path)
    return _decided(decision)


def settle(decision: Decision, built: Tree) -> Decision:
    """The same after the build, where only the build decides what it writes."""
    row = next((row for row in FRAMEWORKS if row.name == decision.detected.framework), None)
    if row is None or row.settle is None:
        return decision
    settled = row.settle(decision.detected, built.below(decision.root))
    return _decided(msgspec.structs.replace(decision, detected=settled))


def recognised(folder: Folder) -> Framework | None:
    """The first row that matches."""
    return next((framework for framework in FRAMEWORKS if framework.matches(folder)), None)


def _file(tree: Tree, settings: Overrides) -> tuple[str, str, Overrides]:
    # The file at the top may say which directory is the application; one that lies there says the rest.
    top = read_file(tree, ".")
    root = chosen_root(tree, settings.root or (top[1].root if top else None))
    own = read_file(tree, root) if root != "." else None
    is_of_it = top is not None and settings.root in (None, top[1].root or ".")
    path, file = own or (top if top and is_of_it else None) or ("", Overrides())
    return root, path, file


def _decided(decision: Decision) -> Decision:
    settings, file = decision.settings, decision.file
    plan = started(overridden(decision.detected, decision.overrides), msgspec.structs.replace(file, start=None))
    if decision.overrides.install is not None:
        plan = msgspec.structs.replace(plan, install_in=decision.root)
    told = dict.fromkeys(said(file), decision.file_path)
    told |= {name: SETTINGS for name in said(settings) if name == "start" or name not in OF_THE_START}
    return msgspec.structs.replace(decision, plan=noted(placed(plan, decision.root), told))


def _recognised(folder: Folder, overrides: Overrides, tree: Tree, root: str) -> Plan:
    framework = recognised(folder)
    if framework is not None:
        plan = msgspec.structs.replace(framework.plan(folder), framework=framework.name)
    elif overrides.start is not None or overrides.output is not None:
        plan = Plan(framework=_OWN_COMMANDS, kind="static", build=folder.build_script())
    else:
        raise BuildFailed(nothing_recognised(tree, root))
    return msgspec.structs.replace(plan, build_runtime="node" if needs_node(folder) else "bun")


def _installed(plan: Plan, tree: Tree, root: str) -> Plan:
    if not tree.has(joined(root, "package.json")) or plan.framework == "Plain folder":
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
