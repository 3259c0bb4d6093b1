"""A commit's tree as a flat list, sizes counted before anything is read."""

from typing import Any, NamedTuple

import pygit2

from .stops import Stopped

DEPTH = 90
LINK, EXECUTABLE, MODULE = 0o120000, 0o100755, 0o160000
FILE_BYTES = 512 * 1024 * 1024


class Entry(NamedTuple):
    """A file, a link or a submodule; `name` is the whole path, undecodable bytes as surrogates."""

    name: str
    mode: int
    id: str
    size_bytes: int


class Limits(NamedTuple):
    """What all the files may be together."""

    total_bytes: int
    entries: int


class Listing:
    """The files of one repository's commit. `left_out` names what no working tree may hold."""

    def __init__(self, repository: Any, limits: Limits) -> None:
        self.entries: list[Entry] = []
        self.left_out: list[str] = []
        self.total_bytes = 0
        self._odb = repository.odb
        self._repository = repository
        self._limits = limits
        self._seen = 0

    def read(self, commit: str) -> "Listing":
        """Raises Stopped: too_many_bytes, too_many_entries, file_too_large, too_deep, objects_missing."""
        try:
            self._read(self._repository[commit].peel(pygit2.Tree), "", 0)
        except (KeyError, pygit2.GitError) as error:
            raise Stopped("objects_missing", reason=str(error)) from error
        return self

    def _read(self, tree: Any, below: str, depth: int) -> None:
        if depth > DEPTH:
            raise Stopped("too_deep", path=below[:200], limit=str(DEPTH))
        for each in tree:
            name = below + (each.raw_name or b"").decode(errors="surrogateescape")
            self._seen += 1
            if self._seen > self._limits.entries:
                raise Stopped("too_many_entries", limit=str(self._limits.entries))
            if _is_refused(name.rpartition("/")[2]):
                self.left_out.append(name)
            elif each.filemode == 0o040000:
                self._read(self._repository[each.id], f"{name}/", depth + 1)
            elif each.filemode == MODULE:
                self.entries.append(Entry(name, MODULE, str(each.id), 0))
            else:
                self._add(name, int(each.filemode), each.id)

    def _add(self, name: str, mode: int, object_id: Any) -> None:
        size_bytes = self._odb.read_header(object_id)[1]
        self.total_bytes += size_bytes
        if size_bytes > FILE_BYTES:
            raise Stopped("file_too_large", path=name[:200], limit=str(FILE_BYTES))
        if self.total_bytes > self._limits.total_bytes:
            raise Stopped("too_many_unpacked", limit=str(self._limits.total_bytes))
        self.entries.append(Entry(name, mode, str(object_id), size_bytes))


def _is_refused(part: str) -> bool:
    # What git itself refuses to check out, on every system's idea of the same name.
    folded = part.rstrip(". ").lower()
    return part in ("", ".", "..") or "/" in part or "\0" in part or folded in (".git", "git~1")
