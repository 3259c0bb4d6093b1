"""Signing in and out: a link is shown with a button, so that nothing which only looks at it uses it up."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from thakur.accounts import SESSION_LIFE, Link, LinkKind, Principal, Visitor
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.interface import ApiServices, LoginUnsafe, login_unsafe
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import theme_of
from thakur.api.visits import arrival_in
from thakur.errors import ThakurError

HOME = "/projects"
# Nobody is told by a Referer where a secret was. Without any, browsers would also hide where its form comes from.
HEADERS = {"referrer-policy": "strict-origin"}

Next = Annotated[str, QueryParameter(name="next", max_length=2000)]


@get("/login")
async def login_page(request: Request[Any, Any, Any], there: Next = "") -> Response[Any]:
    """How to get in; whoever is in already goes where they wanted to."""
    if _asker(request) is not None:
        return Redirect(_own_path(there), status_code=303)
    return _page(request, None, _unsafe(request))


@get("/login/link/{secret:str}")
async def link_page(request: Request[Any, Any, Any], services: Services, secret: FromPath[str]) -> Response[Any]:
    """What the link does, and the button that uses it."""
    try:
        link = await services.links.look(secret, _visitor(request))
    except ThakurError as error:
        return _page(request, None, error)
    return _page(request, link, _unsafe(request))


@post("/login/link/{secret:str}", opt={IS_TOLD: True})
async def use_link(request: Request[Any, Any, Any], services: Services, secret: FromPath[str]) -> Response[Any]:
    """Use the link up: a new session, in a new cookie."""
    name = str((await request.form()).get("name", ""))
    asker, link = _asker(request), None
    try:
        if refusal := _unsafe(request):
            raise refusal
        link = await services.links.look(secret, _visitor(request))
        begun = await services.links.use(secret, _visitor(request), name, asker)
    except ThakurError as error:
        return _page(request, link, error, name=name)
    await _end(services, asker)
    answer = Redirect(HOME, status_code=303, headers=HEADERS)
    answer.set_cookie(_cookie(request, begun, int(SESSION_LIFE.total_seconds())))
    return answer


@post("/logout", opt={IS_TOLD: True})
async def logout(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Redirect:
    """End this session; its cookie is of no use to anybody from now on."""
    await _end(services, principal)
    answer = Redirect("/login", status_code=303)
    answer.set_cookie(_cookie(request, "", 0))
    return answer


def _page(
    request: Request[Any, Any, Any], link: Link | None, refusal: ThakurError | None, *, name: str = ""
) -> Response[bytes]:
    asker = _asker(request)
    context = {
        "theme": theme_of(request),
        "link": link,
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


async def _end(services: ApiServices, asker: Principal | None) -> None:
    if asker is not None and asker.session_id is not None:
        await services.sessions.leave(asker)


def _asker(request: Request[Any, Any, Any]) -> Principal | None:
    found: Principal | None = request.scope["state"].get("principal")
    return found


def _visitor(request: Request[Any, Any, Any]) -> Visitor:
    return Visitor(address=arrival_in(request.scope).address, user_agent=request.headers.get("user-agent", ""))


def _cookie(request: Request[Any, Any, Any], value: str, seconds: int) -> Cookie:
    arrival = arrival_in(request.scope)
    return Cookie(
        key=arrival.cookie,
        value=value,
        max_age=seconds,
        path="/",
        secure=arrival.is_https,
        httponly=True,
        samesite="lax",
    )


def _own_path(there: str) -> str:
    # Browsers read a backslash as a slash, and two of them as another host.
    parts = urlsplit(there)
    is_own = there.startswith("/") and not there.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return there if is_own and there.isprintable() else HOME


HANDLERS = [login_page, link_page, use_link, logout]
