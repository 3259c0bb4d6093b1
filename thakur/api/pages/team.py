"""The page of teams: who is in, with which role, who is invited; and making another."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from thakur.accounts import Action, LinkMade, Principal, Role, Team
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import Told, back_with, refused, told
from thakur.errors import Invalid, ThakurError

HERE = "/team"

Named = Annotated[str, QueryParameter(name="team", max_length=64)]


@get(HERE)
async def team_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: Named = ""
) -> Response[bytes]:
    """The team that the reader acts in, or another of theirs."""
    return await _page(request, services, principal, team)


@post(f"{HERE}/invitations", status_code=200, opt={IS_TOLD: True})
async def invite(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: Named = ""
) -> Response[bytes]:
    """A one-time link into the team, shown this once."""
    try:
        made = await services.links.invite(
            principal, await _name(services, principal, team), _role(await _field(request, "role"))
        )
    except ThakurError as error:
        return await _page(request, services, principal, team, refusal=error)
    return await _page(request, services, principal, team, made=made)


@post(f"{HERE}/invitations/withdrawal", status_code=303, opt={IS_TOLD: True})
async def withdraw(request: Request[Any, Any, Any], services: Services, principal: Asker, team: Named = "") -> Redirect:
    """End an invitation that nobody has used."""
    chosen = await _field(request, "invitation")
    await services.links.withdraw(
        principal, await _name(services, principal, team), int(chosen) if chosen.isdecimal() else 0
    )
    return back_with(HERE, "invitation_withdrawn", f"team={team}")


@post(f"{HERE}/members/role", status_code=303, opt={IS_TOLD: True})
async def change_role(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: Named = ""
) -> Response[Any]:
    """Give a member another role, from now on."""
    form = await request.form()
    try:
        name, role = await _name(services, principal, team), _role(str(form.get("role", "")))
        await services.teams.change_role(principal, name, str(form.get("user", "")), role)
    except ThakurError as error:
        return await _page(request, services, principal, team, refusal=error)
    return back_with(HERE, "role_changed", f"team={team}")


@post(f"{HERE}/members/removal", status_code=303, opt={IS_TOLD: True})
async def remove_member(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: Named = ""
) -> Response[Any]:
    """A member leaves, and their tokens in the team end."""
    try:
        await services.teams.remove(principal, await _name(services, principal, team), await _field(request, "user"))
    except ThakurError as error:
        return await _page(request, services, principal, team, refusal=error)
    return back_with(HERE, "member_removed", f"team={team}")


@post(HERE, status_code=303, opt={IS_TOLD: True})
async def make_team(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Another team, with the reader as its owner."""
    try:
        made = await services.teams.make(principal, (await _field(request, "name")).strip())
    except ThakurError as error:
        return await _page(request, services, principal, "", refusal=error)
    return back_with(HERE, "team_made", f"team={made.name}")


@post(f"{HERE}/choice", status_code=303)
async def choose_team(services: Services, principal: Asker, team: Named = "") -> Redirect:
    """Make new things in this team from now on."""
    await services.sessions.act_in(principal, await _name(services, principal, team))
    return back_with(HERE, "team_chosen")


@post(f"{HERE}/github", status_code=303, opt={IS_TOLD: True})
async def allow_github(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: Named = ""
) -> Response[Any]:
    """Let an account, an organisation or a team of one sign in."""
    form = await request.form()
    named, url = str(form.get("name", "")), str(form.get("url", ""))
    try:
        name, role = await _name(services, principal, team), _role(str(form.get("role", "")))
        await services.allowances.allow(principal, name, named, role, url)
    except ThakurError as error:
        return await _page(request, services, principal, team, refusal=error)
    return back_with(HERE, "github_allowed", f"team={team}")


@post(f"{HERE}/github/removal", status_code=303, opt={IS_TOLD: True})
async def disallow_github(
    request: Request[Any, Any, Any], services: Services, principal: Asker, team: Named = ""
) -> Redirect:
    """Whom nothing else on the list lets in is put out."""
    chosen = await _field(request, "allowance")
    number = int(chosen) if chosen.isdecimal() and len(chosen) < 16 else 0
    await services.allowances.disallow(principal, await _name(services, principal, team), number)
    return back_with(HERE, "github_disallowed", f"team={team}")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    name: str,
    *,
    made: LinkMade | None = None,
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    teams = await services.teams.list(principal)
    team = _chosen(teams, principal, name)
    manages = principal.may(Action.MANAGE_MEMBERS, team.id)
    flash: Told | None = refused(refusal) if refusal else told(request)
    context = {
        "shell": await shell_of(request, services, principal, HERE),
        "told": flash,
        "teams": teams,
        "team": team,
        "acts_here": team.id == principal.team_id,
        "has_session": principal.session_id is not None,
        "members": await services.teams.members(principal, team.name),
        "invitations": await services.links.invitations(principal, team.name) if manages else [],
        "manages": manages,
        "allowances": await services.allowances.list(principal, team.name) if manages else [],
        "sites": await services.allowances.sites(principal, team.name) if manages else [],
        "may_make_teams": principal.may(Action.CREATE_TEAM, principal.team_id),
        "roles": [role for role in Role if role.rank <= team.role.rank],
        "made": made,
        "invitation_url": services.dashboard_url(f"/login/link/{made.secret}") if made else "",
    }
    return page(request, "team/index.html", context, status_code=refusal.status if refusal else 200)


async def _name(services: ApiServices, principal: Principal, team: str) -> str:
    return team or _chosen(await services.teams.list(principal), principal, "").name


def _chosen(teams: list[Team], principal: Principal, name: str) -> Team:
    named = {team.name: team for team in teams}
    own = next((team for team in teams if team.id == principal.team_id), teams[0])
    return named.get(name, own)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise Invalid(f"There is no role {text[:20]!r}", field="role") from error


async def _field(request: Request[Any, Any, Any], name: str) -> str:
    return str((await request.form()).get(name, ""))


HANDLERS = [
    team_page,
    invite,
    withdraw,
    change_role,
    remove_member,
    make_team,
    choose_team,
    allow_github,
    disallow_github,
]
