"""Detection: from the names and a few texts of a folder to the plan of its build."""

import msgspec

from thakur.builds.detection.frameworks import FRAMEWORKS, SERVER_LIBRARIES, Folder
from thakur.builds.detection.manifest import parse_manifest
from thakur.builds.detection.tree import Tree
from thakur.builds.interface import BuildFailed, Failure, Plan

_FOREIGN_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")


def detect(tree: Tree) -> Plan:
    """The plan of the first framework that matches. Raises BuildFailed when none does."""
    has_manifest = tree.has("package.json")
    folder = Folder(tree, parse_manifest(tree.text("package.json")) if has_manifest else None)
    for framework in FRAMEWORKS:
        if framework.matches(folder):
            plan = framework.plan(framework.name, folder)
            return msgspec.structs.replace(plan, notes=_notes(plan, tree))
    raise BuildFailed(_nothing_recognised(folder))


def _notes(plan: Plan, tree: Tree) -> tuple[str, ...]:
    if plan.install is None or tree.has("bun.lock", "bun.lockb"):
        return ()
    foreign = next((name for name in _FOREIGN_LOCKS if tree.has(name)), None)
    if foreign:
        return (f"{foreign} is taken over by bun; commit a bun.lock to install exactly the same everywhere.",)
    return ("There is no lockfile, so versions may change from build to build; commit a bun.lock.",)


def _nothing_recognised(folder: Folder) -> Failure:
    if folder.manifest is None:
        why = "There is no package.json, no index.html or public/index.html, and no server, index, app or main file."
    else:
        why = (
            "package.json names no framework that builds pages, no start script that is a server, and none of "
            f"{', '.join(SERVER_LIBRARIES)} with a file to start (server, index, app or main, also in src)."
        )
    below = _folder_below(folder)
    hint = f" There is an application in {below}: deploy that folder instead." if below else ""
    return Failure(
        code="nothing_recognised",
        what="Nothing in this folder was recognised as an application.",
        why=why,
        next="Add a start script to package.json, or an index.html for a plain site." + hint,
    )


def _folder_below(folder: Folder) -> str | None:
    signs = ("package.json",) if folder.manifest else ("package.json", "index.html")
    split = sorted(path.rpartition("/") for path in folder.tree.paths if 1 <= path.count("/") <= 2)
    return next((above for sign in signs for above, _, name in split if name == sign), None)
