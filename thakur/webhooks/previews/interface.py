"""Previews as people see them: what there is, what waits for somebody, and what may be done about it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Conflict, NotFound
from thakur.installations import PreviewRules


class PreviewStatus(StrEnum):
    """What is to be heard of first. `waiting` is for somebody's approval, `held` for a filter or for nothing to happen."""

    WAITING = "waiting"
    HELD = "held"
    BUILDING = "building"
    DEPLOYING = "deploying"
    LIVE = "live"
    FAILED = "failed"
    ENDED = "ended"
    NEW = "new"


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A preview: of a `branch`, or of a fork's `pull_request`, whose `title` is a stranger's.

    `waits_for` is a fork's commit that somebody has to approve; with `approves_all` nobody has to any more. `number` is the
    newest build, `live` the one that serves. `why` is a sentence.
    """

    project_id: int
    project: str
    label: str
    branch: str = ""
    pull_request: int | None = None
    title: str = ""
    url: str
    status: PreviewStatus
    why: str = ""
    commit: str | None = None
    waits_for: str | None = None
    approves_all: bool = False
    number: int | None = None
    live: int | None = None
    at: datetime | None = None


class PreviewsShown(msgspec.Struct, frozen=True, kw_only=True):
    """The previews of a project with the rules by which they come; `trouble` is why some may be missing."""

    rules: PreviewRules
    previews: tuple[Preview, ...] = ()
    trouble: str = ""


class PreviewNotFound(NotFound):
    """The project has no preview by that name."""

    code = "preview_not_found"


class PreviewRefused(Conflict):
    """The branch cannot have a preview now."""

    code = "preview_refused"


class Previews(Protocol):
    """The previews of projects that follow a repository. Every act raises what projects.authorize does."""

    async def of(self, project_ids: Collection[int]) -> list[Preview]:
        """All of these projects, those that wait for somebody first; none of one that follows nothing."""

    async def show(self, principal: Principal, project_id: int) -> PreviewsShown:
        """Raises NotFollowing."""

    async def begin(self, principal: Principal, project_id: int, branch: str) -> None:
        """Have one of a branch to which nothing was pushed yet. Raises NotFollowing, PreviewRefused."""

    async def approve(self, principal: Principal, project_id: int, label: str, commit: str, *, every: bool) -> None:
        """Have a fork's commit built, which is given no env vars; with `every` each later one too.

        Raises PreviewNotFound, NotWaiting when another one waits by now.
        """

    async def remove(self, principal: Principal, project_id: int, label: str) -> None:
        """Refuse what waits, and take down what runs, until something is pushed there. Raises PreviewNotFound."""

    async def change_rules(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> PreviewRules:
        """Raises PreviewRuleRefused, NotFollowing."""
