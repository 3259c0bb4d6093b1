"""One repository with its submodules and its large files, put into an archive."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pygit2

from .archive import Archive
from .dialing import Dialer
from .lfs import POINTER_BYTES, Pointer, Store, pointer_of
from .listing import LINK, MODULE, Limits, Listing
from .modules import LONGEST_BYTES, locate, parse_modules
from .remote import Borders, Remote
from .stops import Stopped
from .urls import Url

SUBMODULES = 50
SUBMODULE_DEPTH = 3
# Where a person's own repository is wrong; what a server does not give is only named.
FATAL = ("lfs_content", "too_many_bytes", "too_many_entries", "too_many_unpacked", "file_too_large", "too_deep")


class Source(NamedTuple):
    """A repository that has the commit already."""

    repository: Any
    url: Url
    commit: str
    token: str


class Checkout:
    """`say` is told what is left out, and why: a person reads it, and nothing made of it stands for the commit."""

    def __init__(
        self,
        place: Path,
        dialer: Dialer,
        borders: Borders,
        schemes: list[str],
        limits: Limits,
        say: Callable[[str, dict[str, str]], None],
    ) -> None:
        self._place = place
        self._dialer = dialer
        self._borders = borders
        self._schemes = schemes
        self._limits = limits
        self._say = say
        self._modules = 0

    def write(self, source: Source, archive: Archive) -> None:
        """Raises Stopped."""
        self._write(source, archive, "", 0, source)

    def _write(self, source: Source, archive: Archive, below: str, depth: int, top: Source) -> None:
        listing = Listing(source.repository, self._limits).read(source.commit)
        self._limits = Limits(
            self._limits.total_bytes - listing.total_bytes, self._limits.entries - len(listing.entries)
        )
        for name in listing.left_out:
            self._say("name_refused", {"path": (below + name)[:200]})
        large = self._large_files(source, listing, below)
        for entry in listing.entries:
            placed = entry._replace(name=below + entry.name)
            if entry.mode == MODULE:
                archive.add_directory(placed.name)
            elif entry.id in large:
                archive.add_file(placed, large[entry.id])
            else:
                archive.add(placed, source.repository[entry.id].data)
        self._write_modules(source, listing, archive, below, depth, top)

    def _write_modules(
        self, source: Source, listing: Listing, archive: Archive, below: str, depth: int, top: Source
    ) -> None:
        modules = [entry for entry in listing.entries if entry.mode == MODULE]
        urls = _urls(source, listing) if modules else {}
        for entry in modules:
            try:
                fetched = self._fetch_module(urls.get(entry.name), entry.id, depth, source, top)
                self._write(fetched, archive, f"{below}{entry.name}/", depth + 1, top)
            except Stopped as stopped:
                if stopped.code in FATAL:
                    raise
                self._say("submodule", stopped.facts | {"path": below + entry.name, "stopped": stopped.code})

    def _fetch_module(self, written: str | None, commit: str, depth: int, parent: Source, top: Source) -> Source:
        self._modules += 1
        if self._modules > SUBMODULES or depth >= SUBMODULE_DEPTH:
            raise Stopped("too_many_submodules", limit=str(SUBMODULES), depth=str(SUBMODULE_DEPTH))
        if written is None:
            raise Stopped("submodule_unknown")
        url = locate(written, parent.url, self._schemes)
        # The credential is for the host that it was given for.
        token = top.token if url.origin == top.url.origin else ""
        repository = pygit2.init_repository(self._place / f"module-{self._modules}", bare=True)
        Remote(repository, url, token, self._dialer, self._schemes, self._borders).fetch(commit, "")
        return Source(repository, url, commit, token)

    def _large_files(self, source: Source, listing: Listing, below: str) -> dict[str, Path]:
        pointers = dict(_pointers(source, listing)) if _uses_lfs(source, listing) else {}
        if not pointers:
            return {}
        total = sum(pointer.size_bytes for pointer in pointers.values())
        if total > self._limits.total_bytes:
            raise Stopped("too_many_unpacked", limit=str(self._limits.total_bytes))
        self._limits = self._limits._replace(total_bytes=self._limits.total_bytes - total)
        directory = self._place / "large"
        directory.mkdir(exist_ok=True)
        reason = self._fetch_large(source, list(pointers.values()), directory)
        missing = {blob for blob, pointer in pointers.items() if not (directory / pointer.id).exists()}
        names = [below + entry.name for entry in listing.entries if entry.id in missing]
        if names:
            self._say("lfs", {"paths": ", ".join(names[:5]), "count": str(len(names)), "reason": reason})
        return {blob: directory / pointer.id for blob, pointer in pointers.items() if blob not in missing}

    def _fetch_large(self, source: Source, pointers: list[Pointer], directory: Path) -> str:
        if source.url.scheme == "file":
            return "a repository on this host has no LFS server"
        store = Store(source.url, source.token, self._dialer, self._schemes, self._borders.stall_seconds)
        try:
            store.fetch(pointers, directory)
        except Stopped as stopped:
            if stopped.code in FATAL:
                raise
            return stopped.facts.get("reason") or stopped.code
        return "the server does not have them"


def _urls(source: Source, listing: Listing) -> dict[str, str]:
    found = next((entry for entry in listing.entries if entry.name == ".gitmodules"), None)
    if found is None or found.mode == LINK or found.size_bytes > LONGEST_BYTES:
        return {}
    return parse_modules(source.repository[found.id].data.decode(errors="replace"))


def _uses_lfs(source: Source, listing: Listing) -> bool:
    attributes = (entry for entry in listing.entries if entry.name.rpartition("/")[2] == ".gitattributes")
    return any(
        entry.size_bytes <= LONGEST_BYTES and b"filter=lfs" in source.repository[entry.id].data for entry in attributes
    )


def _pointers(source: Source, listing: Listing) -> Iterator[tuple[str, Pointer]]:
    for entry in listing.entries:
        if entry.mode not in (LINK, MODULE) and 0 < entry.size_bytes <= POINTER_BYTES:
            pointer = pointer_of(source.repository[entry.id].data)
            if pointer is not None:
                yield entry.id, pointer
