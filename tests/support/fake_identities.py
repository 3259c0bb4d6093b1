"""Doubles of identities: in memory, told what to hold."""

from datetime import UTC, datetime

from thakur.accounts import Action, Principal, Role, Visitor
from thakur.errors import ThakurError
from thakur.github import User
from thakur.identities import (
    Allowance,
    AllowanceNotFound,
    Begun,
    Completed,
    Identity,
    IdentityNotFound,
    Refusal,
    Returned,
    Seen,
    SignInUnusable,
)
from thakur.installations import AppGone, Connections, Found, SignInApp

list_of = list

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeIdentities:
    def __init__(self) -> None:
        self.rows: list[Identity] = []

    async def of(self, principal: Principal) -> list[Identity]:
        return list(self.rows)

    async def client(self, principal: Principal, app: int | None = None) -> User | None:
        return None

    async def apps(self, principal: Principal) -> set[int]:
        return set()

    async def unlink(self, principal: Principal, identity_id: int) -> None:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        found = [each for each in self.rows if each.id == identity_id]
        if not found:
            raise IdentityNotFound("You have no such account of a GitHub")
        self.rows.remove(found[0])

    async def revoked(self, app: int, number: int) -> None: ...


class FakeSignIns:
    """Goes to a GitHub that is not there; whoever brings the state back is let in."""

    def __init__(self) -> None:
        self.ways: list[SignInApp] = []
        self.refusals: dict[str, Refusal] = {}

    async def apps(self) -> list[SignInApp]:
        return self.ways

    async def begin(self, app: int, return_to: str, linking: Principal | None = None) -> Begun:
        if linking is not None:
            linking.require(Action.MANAGE_ACCOUNT, linking.team_id)
        if app not in {each.app for each in self.ways}:
            raise AppGone("This GitHub App is not here any more")
        return Begun(url="https://github.com/login/oauth/authorize?state=s1", journey=return_to)

    async def complete(
        self, journey: str, returned: Returned, visitor: Visitor, asker: Principal | None = None
    ) -> Completed:
        if returned.state != "s1":
            raise SignInUnusable("This sign-in was used before", hint="Begin again.")
        return Completed(session="session of ada", return_to=journey)

    def refusal(self, error: ThakurError) -> str:
        key = f"refusal-{len(self.refusals)}"
        self.refusals[key] = Refusal(status=error.status, message=error.message, hint=error.hint, expires_at=0)
        return key

    def refused(self, sealed: str) -> Refusal | None:
        return self.refusals.get(sealed)


class FakeAllowances:
    def __init__(self) -> None:
        self.rows: list[Allowance] = []
        self.on = ["https://github.com"]

    async def list(self, principal: Principal, team: str) -> list[Allowance]:
        return self.rows

    async def sites(self, principal: Principal, team: str) -> "list_of[str]":
        return self.on

    async def allow(self, principal: Principal, team: str, name: str, role: Role, url: str = "") -> Allowance:
        kind = "team" if "/" in name else "user"
        made = Allowance(
            id=len(self.rows) + 1,
            web_url=url or self.on[0],
            kind=kind,
            name=name,
            role=role,
            made_by=principal.actor,
            created_at=AT,
        )
        self.rows.append(made)
        return made

    async def disallow(self, principal: Principal, team: str, allowance_id: int) -> None:
        if allowance_id not in {each.id for each in self.rows}:
            raise AllowanceNotFound("This is not on the list")
        self.rows = [each for each in self.rows if each.id != allowance_id]


class FakeBrowser:
    """Shows what it is told, and opens it with what `connections` finds."""

    def __init__(self, connections: Connections) -> None:
        self.seen = Seen(has_apps=False)
        self.refusal: ThakurError | None = None
        self.roots: list[str] = []
        self._connections = connections

    async def look(self, principal: Principal, installation_id: int | None = None) -> Seen:
        if self.refusal:
            raise self.refusal
        return self.seen

    async def choose(self, principal: Principal, full_name: str) -> Found:
        if self.refusal:
            raise self.refusal
        return await self._connections.find(principal, full_name)

    async def folders(self, found: Found, branch: str) -> list[str]:
        return self.roots


class FakeLender:
    """Lends one token to everybody; `out` holds what was not given back."""

    def __init__(self) -> None:
        self.out: list[str] = []

    async def lend(self, project_id: int, url: str) -> str:
        return ""

    async def lend_look(self, found: Found) -> str:
        self.out.append("lent")
        return "lent"

    async def renew(self, project_id: int, url: str, token: str) -> str:
        return token

    async def give_back(self, token: str) -> None:
        self.out.remove(token)


def make_identity(**fields: object) -> Identity:
    values = {"id": 1, "web_url": "https://github.com", "login": "ada", "came_in": False, "since": AT} | fields
    return Identity(**values)
