"""The page of the reader's own account: tokens, sessions, the team they act in."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from thakur.accounts import Principal, TokenMade, TokenScope
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.interface import ApiServices
from thakur.api.pages.login_github import forget_refusal, refusal_in
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import Told, back_with, refused, told
from thakur.api.pages.parts.ways_in import names
from thakur.errors import Invalid, ThakurError

HERE = "/account"
LIVES = {"30": "30 days", "90": "90 days", "365": "a year", "": "for ever"}
SCOPES = {
    TokenScope.READ: "only read",
    TokenScope.DEPLOY: "read and deploy",
    TokenScope.ALL: "everything that you may",
}


@get(HERE)
async def account_page(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """Who is signed in, with which tokens, and where else."""
    return await _page(request, services, principal)


@post(f"{HERE}/tokens", status_code=200, opt={IS_TOLD: True})
async def make_token(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """A new token, shown this once."""
    form = await request.form()
    name, days = str(form.get("name", "")).strip(), str(form.get("days", ""))
    try:
        if days not in LIVES:
            raise Invalid("A token does not last so long", field="days")
        scope = TokenScope(str(form.get("scope", TokenScope.DEPLOY)))
        made = await services.tokens.make(principal, name, scope, timedelta(days=int(days)) if days else None)
    except ValueError:
        return await _page(request, services, principal, refusal=Invalid("There is no such scope", field="scope"))
    except ThakurError as error:
        return await _page(request, services, principal, refusal=error)
    return await _page(request, services, principal, made=made)


@post(f"{HERE}/tokens/revocation", status_code=303, opt={IS_TOLD: True})
async def revoke_token(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Redirect:
    """Nobody is let in by it from now on."""
    await services.tokens.revoke(principal, str((await request.form()).get("name", "")))
    return back_with(HERE, "token_revoked")


@post(f"{HERE}/sessions/end", status_code=303, opt={IS_TOLD: True})
async def end_session(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Redirect:
    """Sign out there, or everywhere but here."""
    chosen = str((await request.form()).get("session", ""))
    if chosen == "others":
        await services.sessions.end_others(principal)
    elif chosen.isdecimal():
        await services.sessions.end(principal, int(chosen))
    return back_with(HERE, "session_ended")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    *,
    made: TokenMade | None = None,
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    teams = {team.id: team for team in await services.teams.list(principal)}
    why = refusal or refusal_in(request, services)
    flash: Told | None = refused(why) if why else told(request)
    context = {
        "shell": await shell_of(request, services, principal, HERE),
        "told": flash,
        "team": teams.get(principal.team_id),
        "tokens": await services.tokens.list(principal),
        "sessions": await services.sessions.list(principal) if principal.session_id else [],
        "has_session": principal.session_id is not None,
        **await _github(services, principal),
        "made": made,
        "lives": LIVES,
        "scopes": SCOPES,
    }
    answer = page(request, "account/index.html", context, status_code=refusal.status if refusal else 200)
    forget_refusal(request, answer)
    return answer


async def _github(services: ApiServices, principal: Principal) -> dict[str, object]:
    identities = await services.identities.of(principal)
    linked = {each.web_url for each in identities}
    held = await services.identities.apps(principal)
    own = [each for each in await services.sign_ins.apps() if each.team_id in principal.roles]
    return {
        "identities": identities,
        "linkable": [(app.app, name, app.web_url in linked) for app, name in names(own) if app.app not in held],
    }


HANDLERS = [account_page, make_token, revoke_token, end_session]
