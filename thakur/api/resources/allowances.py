"""Who may sign in with GitHub and comes into a team by that; and the asker's own accounts there."""

from typing import Any, Literal

import msgspec
from litestar import Request, delete, get, post
from litestar.params import FromPath, JSONBody

from thakur.accounts import Role
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD, SUBJECT
from thakur.api.fields import Label
from thakur.identities import Allowance, Identity

OF_TEAM = "/api/v1/teams/{team:str}/github"
ACCOUNTS = "/api/v1/identities"


class AllowanceAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A login, an organisation or ORGANISATION/TEAM; the `url` of its GitHub is needed where the team has several."""

    name: Label
    role: Role = Role.MEMBER
    url: str = ""


class AllowanceTakenOff(msgspec.Struct, frozen=True):
    """What is on the list no more."""

    id: int
    status: Literal["taken_off"] = "taken_off"


class IdentityUnlinked(msgspec.Struct, frozen=True):
    """The account that lets nobody in any more."""

    id: int
    status: Literal["unlinked"] = "unlinked"


@get(OF_TEAM)
async def list_allowed(services: Services, principal: Asker, team: FromPath[str]) -> list[Allowance]:
    """The list of who comes into the team by signing in with GitHub."""
    return await services.allowances.list(principal, team)


@post(OF_TEAM, opt={IS_TOLD: True})
async def allow_github(
    data: JSONBody[AllowanceAsked], services: Services, principal: Asker, team: FromPath[str]
) -> Allowance:
    """Put a name on the list; GitHub is asked whose it is now, and that one is let in whatever they are called later."""
    return await services.allowances.allow(principal, team, data.name, data.role, data.url)


@delete(f"{OF_TEAM}/{{allowance:int}}", status_code=200, opt={IS_TOLD: True})
async def disallow_github(
    services: Services, principal: Asker, team: FromPath[str], allowance: FromPath[int]
) -> AllowanceTakenOff:
    """Take it off; whom nothing else on the list lets in is put out in a moment, with their tokens."""
    await services.allowances.disallow(principal, team, allowance)
    return AllowanceTakenOff(allowance)


@get(ACCOUNTS)
async def list_identities(services: Services, principal: Asker) -> list[Identity]:
    """The asker's own accounts of GitHubs by which they may sign in."""
    return await services.identities.of(principal)


@delete(f"{ACCOUNTS}/{{identity:int}}", status_code=200)
async def unlink_github(
    request: Request[Any, Any, Any], services: Services, principal: Asker, identity: FromPath[int]
) -> IdentityUnlinked:
    """From now on that account lets nobody in."""
    named = {each.id: each for each in await services.identities.of(principal)}
    await services.identities.unlink(principal, identity)
    request.scope["state"][SUBJECT] = f"{named[identity].login} of {named[identity].web_url}"
    return IdentityUnlinked(identity)


HANDLERS = [list_allowed, allow_github, disallow_github, list_identities, unlink_github]
