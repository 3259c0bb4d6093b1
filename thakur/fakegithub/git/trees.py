"""What lies in the trees of a repository of the stand-in."""

from pathlib import Path
from typing import NamedTuple

import pygit2

LINK = pygit2.enums.FileMode.LINK
MODULE = pygit2.enums.FileMode.COMMIT


class Entry(NamedTuple):
    """A name in a tree; of a file also how large it is."""

    path: str
    mode: int
    kind: str
    sha: str
    size: int

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        return self.kind == "tree"


def kind_of(path: Path, sha: str) -> str:
    """Commit, tree, blob or tag."""
    return pygit2.Repository(str(path))[sha].type_str


def entries(path: Path, sha: str, *, is_deep: bool) -> tuple[str, list[Entry]] | None:
    """The id of the tree that the object is or leads to, and what lies in it; of a deep one, also in those below."""
    repository = pygit2.Repository(str(path))
    try:
        tree = repository[sha].peel(pygit2.Tree)
    except (KeyError, ValueError, pygit2.GitError):
        return None
    return str(tree.id), list(_listed(tree, "", is_deep=is_deep))


def at(path: Path, commit: str, place: str) -> tuple[Entry, list[Entry] | bytes] | None:
    """What lies at a path of a commit: entries of a directory, or bytes of a file or a link."""
    repository = pygit2.Repository(str(path))
    tree = repository[commit].peel(pygit2.Tree)
    if not place:
        return Entry("", 0o40000, "tree", str(tree.id), 0), _listed(tree, "", is_deep=False)
    try:
        found = tree[place]
    except KeyError:
        return None
    entry = _entry(found, place)
    if isinstance(found, pygit2.Tree):
        return entry, _listed(found, f"{place}/", is_deep=False)
    return entry, found.data if isinstance(found, pygit2.Blob) else b""


def listing(path: Path, commit: str, folder: str) -> list[Entry] | None:
    """What is in the folder, folders first; none if there is no such folder."""
    found = at(path, commit, folder)
    if found is None or isinstance(found[1], bytes):
        return None
    return sorted(found[1], key=lambda each: (not each.is_folder, each.path))


def content(path: Path, commit: str, file: str) -> bytes | None:
    """What the file holds; none if there is no such file."""
    found = at(path, commit, file)
    return found[1] if found is not None and isinstance(found[1], bytes) else None


def _listed(tree: pygit2.Tree, place: str, *, is_deep: bool) -> list[Entry]:
    listed: list[Entry] = []
    for each in tree:
        listed.append(_entry(each, f"{place}{each.name}"))
        if is_deep and isinstance(each, pygit2.Tree):
            listed += _listed(each, f"{place}{each.name}/", is_deep=True)
    return listed


def _entry(found: pygit2.Object, path: str) -> Entry:
    kind = found.type_str
    size = found.size if isinstance(found, pygit2.Blob) else 0
    return Entry(path, int(found.filemode), kind, str(found.id), size)
