"""The theme: light, dark, or the system's, kept in a cookie so that no page flashes."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from thakur.api.pages.parts.shell import THEME_COOKIE
from thakur.errors import Invalid

KEPT_SECONDS = 365 * 86400
THEMES = ("auto", "light", "dark")


@post("/account/theme", status_code=303)
async def set_theme(request: Request[Any, Any, Any]) -> Redirect:
    """Keep the choice and go back to where it was made."""
    theme = str((await request.form()).get("theme", ""))
    if theme not in THEMES:
        raise Invalid(f"There is no theme {theme[:20]!r}", hint="Choose one of: auto, light, dark.", field="theme")
    answer = Redirect(_back(request), status_code=303)
    answer.set_cookie(
        Cookie(key=THEME_COOKIE, value=theme, max_age=KEPT_SECONDS, path="/", httponly=True, samesite="lax")
    )
    return answer


def _back(request: Request[Any, Any, Any]) -> str:
    # Only the path: where a Referer points to is not ours to follow.
    path = urlsplit(request.headers.get("referer", "")).path
    return path if path.startswith("/") and not path.startswith("//") else "/projects"


HANDLERS = [set_theme]
