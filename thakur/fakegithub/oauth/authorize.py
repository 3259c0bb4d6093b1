"""The page that asks a person whether an App may act for them."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.pages.rendering import Rendering
from thakur.fakegithub.pages.sessions import Sessions
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.state import FakeApp, State

DENIED = "The user has denied your application access."
_ASKED = ("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")


class AuthorizePages:
    """While the stand-in does not ask, whoever is signed in has said yes."""

    def __init__(self, state: State, sessions: Sessions, rendering: Rendering) -> None:
        self._state = state
        self._sessions = sessions
        self._rendering = rendering

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/login/oauth/authorize", self.ask),
            web.post("/login/oauth/authorize", self.decide),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        asked = {name: request.query.get(name, "") for name in _ASKED}
        app, redirect_uri = self._asked(asked)
        if asked["code_challenge_method"] not in ("", "S256"):
            return back(redirect_uri, error="invalid_request", state=asked["state"])
        user = self._sessions.user(request)
        if user is None or request.query.get("prompt") == "select_account":
            return self._rendering.sign_in(request, str(request.rel_url.without_query_params("prompt")))
        if self._state.grants.has(app, user) or not self._state.asks:
            return self._allowed(app, user, redirect_uri, asked)
        return self._rendering.page(request, "authorize.html", app=app, asked=asked)

    async def decide(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = {name: str(form.get(name, "")) for name in _ASKED}
        app, redirect_uri = self._asked(asked)
        user = self._sessions.user(request)
        if user is None:
            return self._rendering.sign_in(request, f"{request.path}?{urlencode(asked)}")
        if form.get("decision") != "allow":
            return back(redirect_uri, error="access_denied", error_description=DENIED, state=asked["state"])
        return self._allowed(app, user, redirect_uri, asked)

    def _asked(self, asked: dict[str, str]) -> tuple[FakeApp, str]:
        app = next((each for each in self._state.apps.values() if each.client_id == asked["client_id"]), None)
        if app is None:
            raise not_found()
        redirect_uri = asked["redirect_uri"] or next(iter(app.callback_urls), "")
        if redirect_uri not in app.callback_urls:
            raise Refusal(400, "The redirect_uri is not associated with this application.")
        return app, redirect_uri

    def _allowed(self, app: FakeApp, user: FakeUser, redirect_uri: str, asked: dict[str, str]) -> web.Response:
        code = self._state.grants.allow(app, user, redirect_uri, asked["code_challenge"])
        return back(redirect_uri, code=code, state=asked["state"])


def back(redirect_uri: str, **told: Any) -> web.Response:
    """The browser goes back to the App, and takes this along."""
    parts = urlsplit(redirect_uri)
    query = urlencode([*parse_qsl(parts.query), *((name, value) for name, value in told.items() if value)])
    return web.Response(status=302, headers={"Location": urlunsplit(parts._replace(query=query))})
