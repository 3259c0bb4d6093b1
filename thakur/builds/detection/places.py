"""Places: a row's plan has the application's own paths, a build's plan those of the whole source."""

import posixpath

import msgspec

from thakur.builds.plan import Plan


def placed(plan: Plan, root: str) -> Plan:
    """The plan of the application in `root`, with the paths of the source."""
    if root == ".":
        return plan
    if plan.kind == "server" and plan.output == ".":
        # Packages and files of the workspace may lie above the application: everything is kept.
        return msgspec.structs.replace(plan, root=root, start_in=root)
    copies = tuple(
        msgspec.structs.replace(copy, source=joined(root, copy.source), target=joined(root, copy.target))
        for copy in plan.copies
    )
    return msgspec.structs.replace(plan, root=root, output=joined(root, plan.output), copies=copies)


def joined(root: str, path: str) -> str:
    """The path of something in `root`."""
    return posixpath.normpath(posixpath.join(root, path))
