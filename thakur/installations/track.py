"""Tracks: what a project follows of its repository, and into which of its environments each of them is built."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Conflict
from thakur.installations.filters import Held
from thakur.installations.interface import Connection

PRODUCTION = "production"


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """One head of a repository that a project follows into the environment of that `label`.

    Production's branch is the one that the project's repository names; of any other the `branch` is told here.
    `asked` is the commit that was judged last, `built` the one for which a build was asked last, `anyway` one that is built
    whatever holds it back; `tag` is the tag that was judged last, where production follows tags. `trouble` is why GitHub
    cannot be asked, as a sentence.
    A pull request is followed itself when it comes from a fork: `waits` is a commit of it that is built only once somebody
    has `approved` it, or every one. `declined` is a commit that nobody wants built.
    """

    id: int
    connection: Connection
    label: str = PRODUCTION
    branch: str = ""
    pull_request: int | None = None
    title: str = ""
    waits: str | None = None
    approved: str | None = None
    approves_all: bool = False
    declined: str | None = None
    asked: str | None = None
    built: str | None = None
    tag: str = ""
    anyway: str | None = None
    held: Held | None = None
    pushed_by: str = ""
    trouble: str = ""

    @property
    def is_production(self) -> bool:
        return self.label == PRODUCTION

    @property
    def project_id(self) -> int:
        return self.connection.project_id


class Look(msgspec.Struct, frozen=True):
    """A track whose head is to be looked at now; `due_at` is since when."""

    track: Track
    due_at: datetime


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a look has found and done, as a track keeps it. Without `again` the next is when it is always."""

    asked: str | None
    built: str | None
    tag: str = ""
    held: Held | None = None
    trouble: str = ""
    again: timedelta | None = None

    @classmethod
    def of(cls, track: Track, *, trouble: str = "", again: timedelta | None = None) -> "Seen":
        """What was seen before, because nothing else was."""
        asked, built = track.asked, track.built
        return cls(asked=asked, built=built, tag=track.tag, held=track.held, trouble=trouble, again=again)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be followed: a branch, or a fork's pull request. Of the `labels` it gets the first that is free."""

    labels: tuple[str, ...]
    branch: str = ""
    pull_request: int | None = None
    title: str = ""
    pushed_by: str = ""


class NotWaiting(Conflict):
    """Nothing waits for approval there, or another commit does by now."""

    code = "preview_not_waiting"


class Tracks(Protocol):
    """What projects follow, and whose head is to be looked at."""

    async def of(self, project_ids: Collection[int]) -> list[Track]:
        """Those of the projects, production's first."""

    async def begin(self, project_id: int, wanted: Begun) -> Track:
        """Follow it from now on, and look at it now; the one that is there if it is followed already."""

    async def end(self, track_id: int) -> None:
        """Follow it no more."""

    async def wait(self, track_id: int, commit: str | None, title: str) -> None:
        """The fork's commit waits for somebody, or none does any more."""

    async def approve(self, principal: Principal, track: Track, commit: str, *, every: bool) -> None:
        """Have the commit that waits built, and each later one of the fork with `every`. Raises NotWaiting."""

    async def decline(self, principal: Principal, track: Track, commit: str | None) -> None:
        """Have the commit left alone; a later one is another matter."""

    async def want(self, track_id: int) -> None:
        """Somebody wants what was declined after all: it is built anew."""

    async def following(self, app: int, repository_id: int) -> list[Track]:
        """Those of one repository."""

    async def look_soon(self, track_ids: Collection[int], pushed_by: str = "") -> None:
        """Have their heads looked at now; many calls are one look."""

    async def look_soon_at(self, app: int, installation_id: int) -> None:
        """Have everything looked at that an installation opens."""

    async def look_soon_everywhere(self) -> None:
        """Have everything looked at."""

    async def claim(self) -> Look | None:
        """The next one to look at; nobody else is given it for half a minute."""

    async def looked(self, look: Look, seen: Seen) -> None:
        """It was looked at; a push that came meanwhile has it looked at once more."""

    async def build_held(self, project_id: int, label: str, pushed_by: str) -> Held:
        """Have the commit that is held back there built all the same, if nothing newer was pushed. Raises NothingHeld."""
