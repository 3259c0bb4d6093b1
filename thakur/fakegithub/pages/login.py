"""Signing in as somebody, or as somebody else."""

from aiohttp import web

from thakur.fakegithub.door.answers import not_found
from thakur.fakegithub.pages.rendering import STYLE, Rendering
from thakur.fakegithub.pages.sessions import COOKIE, Sessions
from thakur.fakegithub.people.accounts import FakeUser


class LoginPages:
    """The list of users, and the look of every page."""

    def __init__(self, sessions: Sessions, rendering: Rendering) -> None:
        self._sessions = sessions
        self._rendering = rendering

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/login", self.ask),
            web.post("/login", self.sign_in),
            web.get("/-/site.css", self.style),
            web.get("/favicon.ico", self.icon),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        return self._rendering.sign_in(request, inside(request.query.get("return_to", "/")))

    async def sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        user = self._sessions.people.named(str(form.get("login", "")))
        if not isinstance(user, FakeUser):
            raise not_found()
        return_to = inside(str(form.get("return_to", "/")))
        waiting = {name.removeprefix("field."): str(value) for name, value in form.items() if name.startswith("field.")}
        if waiting:
            answer = self._rendering.page(request, "again.html", return_to=return_to, fields=waiting)
        else:
            answer = web.Response(status=303, headers={"Location": return_to})
        answer.set_cookie(COOKIE, self._sessions.begin(user), httponly=True, samesite="Lax")
        return answer

    async def icon(self, _request: web.Request) -> web.Response:
        # Browsers ask for one whatever a page says, and tell of it when there is none.
        return web.Response(status=204)

    async def style(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(STYLE)


def inside(path: str) -> str:
    """A path of this site; anything else is its front page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
