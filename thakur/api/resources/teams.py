"""Teams of the asker: who is in them with which role, and who is invited."""

from datetime import datetime
from typing import Literal

import msgspec
from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from thakur.accounts import Link, Member, Role, Team
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.fields import Label
from thakur.api.marks import IS_SECRET

ROOT = "/api/v1/teams"
OF_TEAM = f"{ROOT}/{{team:str}}"


class TeamAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new team is called."""

    name: Label


class RoleAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The role that somebody is given."""

    role: Role


class InvitationShown(msgspec.Struct, frozen=True, kw_only=True):
    """A new invitation. The `url` holds its secret, which nobody is shown again."""

    url: str
    team: str
    role: Role
    expires_at: datetime


class TeamShown(msgspec.Struct, frozen=True, kw_only=True):
    """A team of the asker's, with their own role in it."""

    name: str
    role: Role
    created_at: datetime


class MemberRemoved(msgspec.Struct, frozen=True):
    """Who is in the team no more."""

    user: str
    status: Literal["removed"] = "removed"


class InvitationWithdrawn(msgspec.Struct, frozen=True):
    """The invitation whose link ended."""

    id: int
    status: Literal["withdrawn"] = "withdrawn"


@get(ROOT)
async def list_teams(services: Services, principal: Asker) -> list[TeamShown]:
    """The asker's, by name, with their role in each."""
    return [_shown(team) for team in await services.teams.list(principal)]


@post(ROOT, opt={IS_TOLD: True})
async def make_team(data: JSONBody[TeamAsked], services: Services, principal: Asker) -> TeamShown:
    """Another team, with the asker as its owner."""
    return _shown(await services.teams.make(principal, data.name))


@get(f"{OF_TEAM}/members")
async def list_members(services: Services, principal: Asker, team: FromPath[str]) -> list[Member]:
    """Those with the most rights first."""
    return await services.teams.members(principal, team)


@patch(f"{OF_TEAM}/members/{{user:str}}", opt={IS_TOLD: True})
async def change_role(
    data: JSONBody[RoleAsked], services: Services, principal: Asker, team: FromPath[str], user: FromPath[str]
) -> Member:
    """Give a member another role, from now on."""
    role = data.role
    return await services.teams.change_role(principal, team, user, role)


@delete(f"{OF_TEAM}/members/{{user:str}}", status_code=200, opt={IS_TOLD: True})
async def remove_member(
    services: Services, principal: Asker, team: FromPath[str], user: FromPath[str]
) -> MemberRemoved:
    """Their tokens in the team end at once."""
    await services.teams.remove(principal, team, user)
    return MemberRemoved(user)


@get(f"{OF_TEAM}/invitations")
async def list_invitations(services: Services, principal: Asker, team: FromPath[str]) -> list[Link]:
    """The open ones, newest first."""
    return await services.links.invitations(principal, team)


@post(f"{OF_TEAM}/invitations", opt={IS_TOLD: True, IS_SECRET: True})
async def invite(
    data: JSONBody[RoleAsked], services: Services, principal: Asker, team: FromPath[str]
) -> InvitationShown:
    """A link into the team, for one person, once."""
    role = data.role
    made = await services.links.invite(principal, team, role)
    url = services.dashboard_url(f"/login/link/{made.secret}")
    return InvitationShown(url=url, team=team, role=role, expires_at=made.expires_at)


@delete(f"{OF_TEAM}/invitations/{{invitation:int}}", status_code=200, opt={IS_TOLD: True})
async def withdraw_invitation(
    services: Services, principal: Asker, team: FromPath[str], invitation: FromPath[int]
) -> InvitationWithdrawn:
    """Its link is of no use from now on."""
    await services.links.withdraw(principal, team, invitation)
    return InvitationWithdrawn(invitation)


def _shown(team: Team) -> TeamShown:
    return TeamShown(name=team.name, role=team.role, created_at=team.created_at)


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
