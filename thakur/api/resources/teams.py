"""Teams of the asker: who is in them with which role, and who is invited."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, get, patch, post
from litestar.params import FromPath

from thakur.accounts import Link, Member, Role, Team
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.body import decoded

ROOT = "/api/v1/teams"
OF_TEAM = f"{ROOT}/{{team:str}}"


class TeamAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new team is called."""

    name: str


class RoleAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The role that somebody is given."""

    role: Role


class InvitationShown(msgspec.Struct, frozen=True, kw_only=True):
    """A new invitation. The `url` holds its secret, which nobody is shown again."""

    url: str
    team: str
    role: Role
    expires_at: datetime


@get(ROOT)
async def list_teams(services: Services, principal: Asker) -> list[Team]:
    """The asker's, by name, with their role in each."""
    return await services.teams.list(principal)


@post(ROOT, opt={IS_TOLD: True})
async def make_team(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Team:
    """Another team, with the asker as its owner."""
    return await services.teams.make(principal, decoded(await request.body(), TeamAsked).name)


@get(f"{OF_TEAM}/members")
async def list_members(services: Services, principal: Asker, team: FromPath[str]) -> list[Member]:
    """Those with the most rights first."""
    return await services.teams.members(principal, team)


@patch(f"{OF_TEAM}/members/{{user:str}}", opt={IS_TOLD: True})
async def change_role(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: FromPath[str], user: FromPath[str]
) -> Member:
    """Give a member another role, from now on."""
    role = decoded(await request.body(), RoleAsked).role
    return await services.teams.change_role(principal, team, user, role)


@delete(f"{OF_TEAM}/members/{{user:str}}", status_code=200, opt={IS_TOLD: True})
async def remove_member(
    services: Services, principal: Asker, team: FromPath[str], user: FromPath[str]
) -> dict[str, str]:
    """Their tokens in the team end at once."""
    await services.teams.remove(principal, team, user)
    return {"user": user, "status": "removed"}


@get(f"{OF_TEAM}/invitations")
async def list_invitations(services: Services, principal: Asker, team: FromPath[str]) -> list[Link]:
    """The open ones, newest first."""
    return await services.links.invitations(principal, team)


@post(f"{OF_TEAM}/invitations", opt={IS_TOLD: True})
async def invite(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: FromPath[str]
) -> InvitationShown:
    """A link into the team, for one person, once."""
    role = decoded(await request.body(), RoleAsked).role
    made = await services.links.invite(principal, team, role)
    url = services.dashboard_url(f"/login/link/{made.secret}")
    return InvitationShown(url=url, team=team, role=role, expires_at=made.expires_at)


@delete(f"{OF_TEAM}/invitations/{{invitation:int}}", status_code=200, opt={IS_TOLD: True})
async def withdraw_invitation(
    services: Services, principal: Asker, team: FromPath[str], invitation: FromPath[int]
) -> dict[str, int | str]:
    """Its link is of no use from now on."""
    await services.links.withdraw(principal, team, invitation)
    return {"id": invitation, "status": "withdrawn"}


HANDLERS = [
    list_teams,
    make_team,
    list_members,
    change_role,
    remove_member,
    list_invitations,
    invite,
    withdraw_invitation,
]
