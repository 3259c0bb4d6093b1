"""The asker: who they are, where they are signed in, and what was done in their teams."""

from operator import attrgetter
from typing import Any, Literal

import msgspec
from litestar import Request, Response, delete, get, put
from litestar.params import FromPath, JSONBody

from thakur.accounts import Action, AuditEvent, Role, Session, TokenScope
from thakur.api.asked import Asker, Before, Limit, Services
from thakur.api.audited import IS_TOLD
from thakur.api.paging import page_of

ROOT = "/api/v1"


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking: `team` is where they make new things, `may` what they can do there; only a token has a scope."""

    actor: str
    team: str | None
    role: Role | None
    scope: TokenScope | None
    may: tuple[str, ...]


class SessionsEnded(msgspec.Struct, frozen=True):
    """How many were ended."""

    ended: int


class SessionEnded(msgspec.Struct, frozen=True):
    """The session that was ended."""

    id: int
    status: Literal["ended"] = "ended"


class TeamChosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The team to act in."""

    team: str


@get(f"{ROOT}/me")
async def get_me(services: Services, principal: Asker) -> Me:
    """Who is asking, and what they may."""
    teams = {team.id: team.name for team in await services.teams.list(principal)}
    return Me(
        actor=principal.actor,
        team=teams.get(principal.team_id),
        role=principal.roles.get(principal.team_id),
        scope=principal.scope,
        may=tuple(action for action in Action if principal.may(action, principal.team_id)),
    )


@put(f"{ROOT}/me/team")
async def choose_team(data: JSONBody[TeamChosen], services: Services, principal: Asker) -> TeamChosen:
    """Make new things in another team from now on, in this session."""
    await services.sessions.act_in(principal, data.team)
    return data


@get(f"{ROOT}/sessions")
async def list_sessions(services: Services, principal: Asker) -> list[Session]:
    """Where the asker is signed in, newest first."""
    return await services.sessions.list(principal)


@delete(f"{ROOT}/sessions", status_code=200, opt={IS_TOLD: True})
async def end_other_sessions(services: Services, principal: Asker) -> SessionsEnded:
    """Sign the asker out everywhere but here."""
    return SessionsEnded(await services.sessions.end_others(principal))


@delete(f"{ROOT}/sessions/{{session_id:int}}", status_code=200, opt={IS_TOLD: True})
async def end_session(services: Services, principal: Asker, session_id: FromPath[int]) -> SessionEnded:
    """Sign the asker out there."""
    await services.sessions.end(principal, session_id)
    return SessionEnded(session_id)


@get(f"{ROOT}/audit")
async def list_audit(
    request: Request[Any, Any, Any], services: Services, principal: Asker, before: Before = None, limit: Limit = 50
) -> Response[list[AuditEvent]]:
    """What was done in the teams whose audit log the asker may read, newest first."""
    return page_of(request, await services.accounts.events(principal, before, limit + 1), limit, attrgetter("id"))


HANDLERS = [get_me, choose_team, list_sessions, end_other_sessions, end_session, list_audit]
