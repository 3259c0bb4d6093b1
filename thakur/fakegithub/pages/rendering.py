"""Templates become pages; every text in them is escaped."""

from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from thakur.fakegithub.pages.reports import is_waiting
from thakur.fakegithub.pages.sessions import Sessions

_HERE = Path(__file__).parents[1]
STYLE = _HERE / "static" / "site.css"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
    # With no referrer at all a browser says of its own forms that they come from nowhere.
    "Referrer-Policy": "same-origin",
}


class Rendering:
    """One page after another, with who is signed in at its top."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals["is_waiting"] = is_waiting

    def page(self, request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
        """The template with its context."""
        user = self._sessions.user(request)
        text = self._env.get_template(template).render(user=user, here=request.rel_url.raw_path_qs, **context)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)

    def sign_in(self, request: web.Request, return_to: str, fields: dict[str, str] | None = None) -> web.Response:
        """Who is it? What was posted waits in the page, and is posted again."""
        people = sorted(self._sessions.people.users, key=lambda each: each.login.lower())
        return self.page(request, "login.html", people=people, return_to=return_to, fields=fields or {})

    def refused(self, request: web.Request, status: int, message: str) -> web.Response:
        """The page for what is not there, or was asked wrongly."""
        return self.page(request, "refused.html", status, message=message, status_code=status)
