"""What the rooms above may ask of git: which commit a ref means, and the files of a commit."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from thakur.errors import Invalid, ThakurError


class GitRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator lets git reach: schemes of URLs, and hosts, of which `public` is every public address."""

    schemes: tuple[str, ...] = ("https",)
    hosts: tuple[str, ...] = ("public",)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A repository and a ref of it: a branch, a tag or a commit's id; the empty one is the remote's HEAD.

    `token` is `USER:TOKEN`, or empty. It is given to the URL's own host only.
    """

    url: str
    ref: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Wanted({self.url!r}, {self.ref!r})"


class Resolved(msgspec.Struct, frozen=True):
    """What the ref means now: `commit` is None when only the history can tell; `name` is the full ref that led there."""

    commit: str | None
    name: str = ""


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """What was fetched. Not `is_whole` when something was left out that may be there another time."""

    id: str
    subject: str
    author: str
    is_whole: bool


class Workplace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a fetch runs: the sandbox's name, an empty directory of `uid`'s that nobody else reaches, and its time."""

    name: str
    directory: Path
    uid: int
    seconds: float


class GitRefused(Invalid):
    """The URL or the ref is refused before anything runs; `field` says which."""

    code = "git_refused"


class FetchFailed(ThakurError):
    """The commit could not be had: `cause` is which failure it is, `why` the sentence between what happened and the hint."""

    code = "fetch_failed"
    status = 422

    def __init__(self, cause: str, message: str, why: str, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.cause = cause
        self.why = why


Note = Callable[[str], None]


class Git(Protocol):
    """Reads repositories, each call in a sandbox of its own that leaves no process behind."""

    async def resolve(self, wanted: Wanted, place: Workplace) -> Resolved:
        """Raises GitRefused, FetchFailed."""

    async def fetch(self, wanted: Wanted, resolved: Resolved, place: Workplace, archive: str, note: Note) -> Commit:
        """Write the commit's files as the tar `archive` in the place; `note` is told what was left out.

        Its bytes are the repository's word: whoever reads them checks them. Raises GitRefused, FetchFailed.
        """
