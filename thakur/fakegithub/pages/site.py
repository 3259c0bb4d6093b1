"""All pages of the stand-in, in one place."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from thakur.fakegithub.answers import Refusal
from thakur.fakegithub.apps.installing import Installing
from thakur.fakegithub.apps.registering import Registering
from thakur.fakegithub.oauth.authorize import AuthorizePages
from thakur.fakegithub.oauth.device_pages import DevicePages
from thakur.fakegithub.oauth.devices import Devices
from thakur.fakegithub.oauth.exchange import ExchangeRoutes
from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.pages.granting import GrantingPages
from thakur.fakegithub.pages.installing import InstallingPages
from thakur.fakegithub.pages.login import LoginPages
from thakur.fakegithub.pages.registering import RegisteringPages
from thakur.fakegithub.pages.rendering import Rendering
from thakur.fakegithub.pages.sessions import COOKIE, Sessions
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.state import FakeApp, State


class Pages:
    """What a browser is shown."""

    def __init__(
        self,
        state: State,
        registering: Registering,
        installing: Installing,
        revoke: Callable[[FakeApp, FakeUser], None],
        web_url: str,
    ) -> None:
        self.sessions = Sessions(state.people)
        self.devices = Devices(state)
        self.rendering = Rendering(self.sessions)
        self._state = state
        self._desk = Desk(state, self.sessions, self.rendering, web_url)
        self._registering = registering
        self._installing = installing
        self._revoke = revoke
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        state, sessions, rendering = self._state, self.sessions, self.rendering
        return [
            *LoginPages(sessions, rendering).routes(),
            *AuthorizePages(state, sessions, rendering).routes(),
            *ExchangeRoutes(state, self.devices).routes(),
            *RegisteringPages(self._desk, self._registering).routes(),
            *InstallingPages(self._desk, self._installing).routes(),
            *GrantingPages(self._desk, self._revoke).routes(),
            *DevicePages(state, self.devices, sessions, rendering, self._web_url).routes(),
        ]

    def cookies(self, user: FakeUser) -> dict[str, str]:
        """Those of a browser in which the user is signed in."""
        return {COOKIE: self.sessions.begin(user)}

    @web.middleware
    async def refusals(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What was refused, as a page."""
        try:
            return await handler(request)
        except Refusal as refusal:
            return self.rendering.refused(request, refusal.status, refusal.message)
