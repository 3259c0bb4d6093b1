"""Getting in: where somebody is, the cookie of their session, and where they may be led."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie

from thakur.accounts import Principal, Visitor
from thakur.api.interface import ApiServices
from thakur.api.visits import arrival_in

HOME = "/projects"


def asker_of(request: Request[Any, Any, Any]) -> Principal | None:
    """Who is in already."""
    found: Principal | None = request.scope["state"].get("principal")
    return found


def visitor_of(request: Request[Any, Any, Any]) -> Visitor:
    """Where somebody is who has no session yet."""
    return Visitor(address=arrival_in(request.scope).address, user_agent=request.headers.get("user-agent", ""))


async def end_session_of(services: ApiServices, asker: Principal | None) -> None:
    """Whoever comes in anew leaves their session of before."""
    if asker is not None and asker.session_id is not None:
        await services.sessions.leave(asker)


def session_cookie(request: Request[Any, Any, Any], secret: str, seconds: int) -> Cookie:
    """The cookie by which a session is known; none, with 0 seconds."""
    return _cookie(request, arrival_in(request.scope).cookie, secret, seconds)


def brief_cookie(request: Request[Any, Any, Any], name: str, value: str, seconds: int) -> Cookie:
    """A cookie for minutes, of this very host where there is https."""
    return _cookie(request, brief_name(request, name), value, seconds)


def brief_name(request: Request[Any, Any, Any], name: str) -> str:
    """What the brief cookie is called here."""
    return f"__Host-{name}" if arrival_in(request.scope).is_https else name


def own_path(there: str) -> str:
    """A path of this dashboard, and never another place."""
    # Browsers read a backslash as a slash, and two of them as another host; they leave tabs and line ends out.
    is_own = there.startswith("/") and not there.startswith(("//", "/\\")) and there.isprintable()
    try:
        parts = urlsplit(there)
    except ValueError:
        return HOME
    return there if is_own and not parts.scheme and not parts.netloc else HOME


def _cookie(request: Request[Any, Any, Any], name: str, value: str, seconds: int) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        max_age=seconds,
        path="/",
        secure=arrival_in(request.scope).is_https,
        httponly=True,
        samesite="lax",
    )
