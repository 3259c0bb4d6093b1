"""Signing in and out: a link is shown with a button, so that nothing which only looks at it uses it up."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from thakur.accounts import SESSION_LIFE, Link, LinkKind
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.interface import LoginUnsafe, login_unsafe
from thakur.api.pages.login_github import forget_refusal, refusal_in
from thakur.api.pages.parts.entering import HOME, asker_of, end_session_of, own_path, session_cookie, visitor_of
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import theme_of
from thakur.api.pages.parts.ways_in import WayIn, ways_in
from thakur.api.visits import arrival_in
from thakur.errors import ThakurError
from thakur.identities import Refusal

# Nobody is told by a Referer where a secret was. Without any, browsers would also hide where its form comes from.
HEADERS = {"referrer-policy": "strict-origin"}

Next = Annotated[str, QueryParameter(name="next", max_length=2000)]


@get("/login")
async def login_page(request: Request[Any, Any, Any], services: Services, there: Next = "") -> Response[Any]:
    """How to get in; whoever is in already goes where they wanted to."""
    if asker_of(request) is not None:
        return Redirect(own_path(there), status_code=303)
    unsafe = _unsafe(request)
    ways = ways_in(await services.sign_ins.apps(), there) if unsafe is None else []
    answer = _page(request, None, unsafe or refusal_in(request, services), ways=ways)
    forget_refusal(request, answer)
    return answer


@get("/login/link/{secret:str}")
async def link_page(request: Request[Any, Any, Any], services: Services, secret: FromPath[str]) -> Response[Any]:
    """What the link does, and the button that uses it."""
    try:
        link = await services.links.look(secret, visitor_of(request))
    except ThakurError as error:
        return _page(request, None, error)
    return _page(request, link, _unsafe(request))


@post("/login/link/{secret:str}", opt={IS_TOLD: True})
async def use_link(request: Request[Any, Any, Any], services: Services, secret: FromPath[str]) -> Response[Any]:
    """Use the link up: a new session, in a new cookie."""
    name = str((await request.form()).get("name", ""))
    asker, link = asker_of(request), None
    try:
        if refusal := _unsafe(request):
            raise refusal
        link = await services.links.look(secret, visitor_of(request))
        begun = await services.links.use(secret, visitor_of(request), name, asker)
    except ThakurError as error:
        return _page(request, link, error, name=name)
    await end_session_of(services, asker)
    answer = Redirect(HOME, status_code=303, headers=HEADERS)
    answer.set_cookie(session_cookie(request, begun, int(SESSION_LIFE.total_seconds())))
    return answer


@post("/logout", opt={IS_TOLD: True})
async def logout(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Redirect:
    """End this session; its cookie is of no use to anybody from now on."""
    await end_session_of(services, principal)
    answer = Redirect("/login", status_code=303)
    answer.set_cookie(session_cookie(request, "", 0))
    return answer


def _page(
    request: Request[Any, Any, Any],
    link: Link | None,
    refusal: ThakurError | Refusal | None,
    *,
    name: str = "",
    ways: Sequence[WayIn] = (),
) -> Response[bytes]:
    asker = asker_of(request)
    context = {
        "theme": theme_of(request),
        "link": link,
        "ways": ways,
        "refusal": refusal,
        "name": name,
        "asker": asker.actor if asker else "",
        "asks_name": link is not None
        and (link.kind is LinkKind.OWNER or (link.kind is LinkKind.INVITATION and not asker)),
    }
    status = refusal.status if refusal else 200
    return page(request, "login/index.html", context, status_code=status, headers=HEADERS)


def _unsafe(request: Request[Any, Any, Any]) -> LoginUnsafe | None:
    return None if arrival_in(request.scope).may_sign_in else login_unsafe()


HANDLERS = [login_page, link_page, use_link, logout]
