"""All pages of the stand-in, in one place."""

from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from thakur.fakegithub.acts.checks import Checks
from thakur.fakegithub.acts.comments import Comments
from thakur.fakegithub.acts.pulls import Pulls
from thakur.fakegithub.acts.pushes import Pushes
from thakur.fakegithub.acts.repositories import Repositories
from thakur.fakegithub.apps.installing import Installing
from thakur.fakegithub.apps.registering import Registering
from thakur.fakegithub.door.answers import Refusal
from thakur.fakegithub.oauth.authorize import AuthorizePages
from thakur.fakegithub.oauth.device_pages import DevicePages
from thakur.fakegithub.oauth.devices import Devices
from thakur.fakegithub.oauth.exchange import ExchangeRoutes
from thakur.fakegithub.pages.code import CodePages
from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.pages.editing import EditingPages
from thakur.fakegithub.pages.granting import GrantingPages
from thakur.fakegithub.pages.installing import InstallingPages
from thakur.fakegithub.pages.login import LoginPages
from thakur.fakegithub.pages.pulls import PullPages
from thakur.fakegithub.pages.registering import RegisteringPages
from thakur.fakegithub.pages.rendering import Rendering
from thakur.fakegithub.pages.reports import Reports
from thakur.fakegithub.pages.sessions import COOKIE, Sessions
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.state import FakeApp, FakeRepository, State


class HasRoutes(Protocol):
    """A kind of page."""

    def routes(self) -> list[web.RouteDef]: ...


class Room(Protocol):
    """What pages need of the stand-in."""

    @property
    def state(self) -> State: ...
    @property
    def url(self) -> str: ...
    @property
    def checks(self) -> Checks: ...
    @property
    def pushes(self) -> Pushes: ...
    @property
    def pulls(self) -> Pulls: ...
    @property
    def comments(self) -> Comments: ...
    @property
    def repositories(self) -> Repositories: ...
    @property
    def registering(self) -> Registering: ...
    @property
    def installing(self) -> Installing: ...
    def revoke(self, app: FakeApp, user: FakeUser) -> None: ...
    def push_url(self, repository: FakeRepository, login: str = "") -> str: ...


class Pages:
    """What a browser is shown."""

    def __init__(self, room: Room) -> None:
        self.sessions = Sessions(room.state.people)
        self.devices = Devices(room.state)
        self.rendering = Rendering(self.sessions)
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        room, sessions, rendering = self._room, self.sessions, self.rendering
        desk = Desk(room.state, sessions, rendering, room.push_url)
        reports = Reports(room.checks)
        pages: list[HasRoutes] = [
            LoginPages(sessions, rendering),
            AuthorizePages(room.state, sessions, rendering),
            ExchangeRoutes(room.state, self.devices),
            DevicePages(room.state, self.devices, sessions, rendering, room.url),
            RegisteringPages(desk, room.registering),
            InstallingPages(desk, room.installing),
            GrantingPages(desk, room.revoke),
            PullPages(desk, room.pulls, room.comments, reports),
            EditingPages(desk, room.repositories, room.pushes),
            CodePages(desk, reports, room.pushes),
        ]
        return [route for each in pages for route in each.routes()]

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
