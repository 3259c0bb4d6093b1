"""The asker: who they are, where they are signed in, and what was done in their teams."""

from typing import Any

import msgspec
from litestar import Request, delete, get, put
from litestar.params import FromPath

from thakur.accounts import Action, AuditEvent, Role, Session, TokenScope
from thakur.api.asked import Asker, Before, Limit, Services
from thakur.api.audited import IS_TOLD
from thakur.api.body import decoded

ROOT = "/api/v1"


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking: `team` is where they make new things, `may` what they can do there; only a token has a scope."""

    actor: str
    team: str | None
    role: Role | None
    scope: TokenScope | None
    may: tuple[str, ...]


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
async def choose_team(request: Request[Any, Any, Any], services: Services, principal: Asker) -> TeamChosen:
    """Make new things in another team from now on, in this session."""
    asked = decoded(await request.body(), TeamChosen)
    await services.sessions.act_in(principal, asked.team)
    return asked


@get(f"{ROOT}/sessions")
async def list_sessions(services: Services, principal: Asker) -> list[Session]:
    """Where the asker is signed in, newest first."""
    return await services.sessions.list(principal)


@delete(f"{ROOT}/sessions", status_code=200, opt={IS_TOLD: True})
async def end_other_sessions(services: Services, principal: Asker) -> dict[str, int]:
    """Sign the asker out everywhere but here."""
    return {"ended": await services.sessions.end_others(principal)}


@delete(f"{ROOT}/sessions/{{session_id:int}}", status_code=200, opt={IS_TOLD: True})
async def end_session(services: Services, principal: Asker, session_id: FromPath[int]) -> dict[str, int | str]:
    """Sign the asker out there."""
    await services.sessions.end(principal, session_id)
    return {"id": session_id, "status": "ended"}


@get(f"{ROOT}/audit")
async def list_audit(
    services: Services, principal: Asker, before: Before = None, limit: Limit = 50
) -> list[AuditEvent]:
    """What was done in the teams whose audit log the asker may read, newest first."""
    return await services.accounts.events(principal, before, limit)


HANDLERS = [get_me, choose_team, list_sessions, end_other_sessions, end_session, list_audit]
