"""From a name to GitHub's number for it, as an App of the team is told."""

from collections.abc import Iterable

import msgspec

from thakur.github import (
    LOGIN,
    TEAM_SLUG,
    CredentialsRefused,
    Installation,
    NotPermitted,
    NotThere,
    RequestRefused,
    account,
    team,
)
from thakur.identities.allowing.interface import AllowanceKind, AllowanceRefused
from thakur.installations import Clients, SignInApp

HINT = "Write a login, an organisation, or ORGANISATION/TEAM as in the team's address on GitHub."


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """Whose the name is now."""

    kind: AllowanceKind
    number: int
    name: str


class Resolving:
    """Asks as an installation of one of the Apps."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def find(self, apps: Iterable[SignInApp], name: str) -> Resolved:
        """Raises AllowanceRefused, GitHubUnavailable."""
        owner, slash, slug = name.strip().partition("/")
        if not LOGIN.fullmatch(owner) or (slash and not TEAM_SLUG.fullmatch(slug)):
            raise AllowanceRefused(f"{name[:80] or 'Nothing'} is no name on GitHub", hint=HINT, field="name")
        try:
            return await self._team(apps, owner, slug) if slash else await self._account(apps, owner)
        except NotThere as error:
            raise AllowanceRefused(f"GitHub knows no {name}", hint=HINT, field="name") from error
        except (NotPermitted, RequestRefused, CredentialsRefused) as error:
            raise AllowanceRefused(f"GitHub does not tell who {name} is", hint=error.hint, field="name") from error

    async def _account(self, apps: Iterable[SignInApp], login: str) -> Resolved:
        for app, installations in await self._installed(apps):
            asking = await self._clients.installed(app.app, installations[0].id)
            found = await account(asking, login)
            if found.type not in ("User", "Organization"):
                raise AllowanceRefused(f"{login} is no person and no organisation", hint=HINT, field="name")
            if found.type == "User":
                return Resolved(kind="user", number=found.id, name=found.login)
            _reader(app, installations, found.login)
            return Resolved(kind="organization", number=found.id, name=found.login)
        raise _nowhere()

    async def _team(self, apps: Iterable[SignInApp], organization: str, slug: str) -> Resolved:
        for app, installations in await self._installed(apps):
            there = _reader(app, installations, organization)
            found = await team(await self._clients.installed(app.app, there.id), organization, slug)
            return Resolved(kind="team", number=found.id, name=f"{there.account.login}/{found.slug}")
        raise _nowhere()

    async def _installed(self, apps: Iterable[SignInApp]) -> list[tuple[SignInApp, list[Installation]]]:
        found = []
        for app in apps:
            every = await (await self._clients.app(app.app)).installations()
            if active := [each for each in every if each.suspended_at is None]:
                found.append((app, active))
        return found


def _reader(app: SignInApp, installations: list[Installation], organization: str) -> Installation:
    there = [each for each in installations if each.account.login.lower() == organization.lower()]
    if not there:
        raise AllowanceRefused(
            f"The App {app.slug} is not installed on {organization}, so GitHub does not tell who is in it",
            hint=f"Install it there: {app.web_url}/apps/{app.slug}/installations/new",
            field="name",
        )
    if "members" not in (there[0].permissions or {}):
        raise AllowanceRefused(
            f"The App {app.slug} may not read the members of {organization}",
            hint="Give it the organisation permission Members: read in its settings on GitHub, and accept that there.",
            field="name",
        )
    return there[0]


def _nowhere() -> AllowanceRefused:
    return AllowanceRefused(
        "No GitHub App of this team is installed anywhere, so nobody can be asked whose the name is",
        hint="Install the App on an account first; thakur github lists where it is.",
        field="name",
    )
