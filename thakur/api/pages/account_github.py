"""The reader's own account of a GitHub: linked by going there, and unlinked."""

from typing import Any

from litestar import Request, Response, post
from litestar.response import Redirect

from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD, SUBJECT
from thakur.api.pages.login_github import HEADERS, home, is_elsewhere, journey_cookie
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import theme_of
from thakur.api.pages.parts.told import back_with
from thakur.errors import Invalid

HERE = "/account"
NUMBER_CHARACTERS = 15


@post(f"{HERE}/github", status_code=200, opt={IS_TOLD: True})
async def link_github(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Go to GitHub to link an account; a page leads there, as browsers let no form be led to another site."""
    app = await _number(request, "app")
    begun = await services.sign_ins.begin(app, f"{HERE}?done=github_linked", principal)
    if is_elsewhere(request, services):
        raise Invalid(
            "GitHub leads back to another address of this dashboard", hint=f"Link it there: {home(services)}{HERE}"
        )
    answer = page(request, "login/leaving.html", {"theme": theme_of(request), "url": begun.url}, headers=HEADERS)
    answer.set_cookie(journey_cookie(request, begun.journey))
    return answer


@post(f"{HERE}/github/unlinking", status_code=303)
async def unlink_github(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Redirect:
    """From now on that account lets nobody in."""
    identity = await _number(request, "identity")
    named = {each.id: each for each in await services.identities.of(principal)}
    await services.identities.unlink(principal, identity)
    request.scope["state"][SUBJECT] = f"{named[identity].login} of {named[identity].web_url}"
    return back_with(HERE, "github_unlinked")


async def _number(request: Request[Any, Any, Any], name: str) -> int:
    chosen = str((await request.form()).get(name, ""))
    return int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) <= NUMBER_CHARACTERS else 0


HANDLERS = [link_github, unlink_github]
