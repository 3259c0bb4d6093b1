"""Who may sign in with GitHub, and what becomes of them."""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from thakur.accounts import Principal, Role
from thakur.errors import Invalid, NotFound

AllowanceKind = Literal["user", "organization", "team"]

# A method below is named `list`, which hides the type in the annotations after it.
list_of = list


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """A person, everybody in an organisation, or in a team of one; whoever comes in by it has the role, until somebody gives them another.

    GitHub's number counts; the name is the one of when it was put on the list.
    """

    id: int
    web_url: str
    kind: AllowanceKind
    name: str
    role: Role
    made_by: str
    created_at: datetime


class AllowanceRefused(Invalid):
    """The name is nobody's there, or nothing can be told of them."""

    code = "allowance_refused"


class AllowanceNotFound(NotFound):
    """It is not on the list."""

    code = "allowance_not_found"


class Allowances(Protocol):
    """The list of each team. For whoever manages its members."""

    async def list(self, principal: Principal, team: str) -> list[Allowance]:
        """By GitHub and name. Raises TeamNotFound, ActionForbidden."""

    async def sites(self, principal: Principal, team: str) -> list_of[str]:
        """The GitHubs on which the team has an App to sign in by. Raises as `list` does."""

    async def allow(self, principal: Principal, team: str, name: str, role: Role, url: str = "") -> Allowance:
        """Put `LOGIN`, `ORGANISATION` or `ORGANISATION/TEAM` on the list, or give it another role.

        GitHub is asked whose the name is now: it may be somebody else's tomorrow. Raises AllowanceRefused,
        GitHubUnavailable, and as `list` does.
        """

    async def disallow(self, principal: Principal, team: str, allowance_id: int) -> None:
        """Take it off; whom nothing else on the list lets in is put out. Raises AllowanceNotFound, and as `list` does."""
