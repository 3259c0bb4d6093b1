"""What two commits of a repository of the stand-in differ in."""

from pathlib import Path
from typing import NamedTuple

import pygit2

_STATUSES = {
    pygit2.enums.DeltaStatus.ADDED: "added",
    pygit2.enums.DeltaStatus.DELETED: "removed",
    pygit2.enums.DeltaStatus.RENAMED: "renamed",
}


class Change(NamedTuple):
    """A file of the one that is another in the other; `before` is its name there, if it was renamed."""

    path: str
    status: str
    before: str
    blob: str
    additions: int
    deletions: int
    patch: str


def changes(path: Path, old: str | None, new: str) -> list[Change]:
    """What has to be done to the old commit, or to nothing, to have the new one."""
    repository = pygit2.Repository(str(path))
    tree = repository[new].peel(pygit2.Tree)
    before = repository[old].peel(pygit2.Tree) if old is not None else None
    difference = before.diff_to_tree(tree) if before is not None else tree.diff_to_tree(swap=True)
    difference.find_similar()
    return [_change(patch) for patch in difference if patch is not None]


def _change(patch: pygit2.Patch) -> Change:
    delta = patch.delta
    _, additions, deletions = patch.line_stats
    status = _STATUSES.get(delta.status, "modified")
    is_gone = status == "removed"
    blob = str((delta.old_file if is_gone else delta.new_file).id)
    name = (delta.old_file if is_gone else delta.new_file).path
    before = delta.old_file.path if status == "renamed" else ""
    hunks = "".join(_hunk(hunk) for hunk in patch.hunks)
    return Change(name, status, before, blob, additions, deletions, hunks.removesuffix("\n"))


def _hunk(hunk: pygit2.DiffHunk) -> str:
    return hunk.header + "".join(f"{line.origin}{line.content}" for line in hunk.lines if line.origin in " +-")
