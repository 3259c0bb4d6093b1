"""Where a person takes back what they have granted to an App."""

from collections.abc import Callable

from aiohttp import web

from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.state import FakeApp


class GrantingPages:
    """`revoke` tells the App too."""

    def __init__(self, desk: Desk, revoke: Callable[[FakeApp, FakeUser], None]) -> None:
        self._desk = desk
        self._revoke = revoke

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/settings/apps/authorizations/{slug}", self.revoke)]

    async def revoke(self, request: web.Request) -> web.Response:
        self._revoke(self._desk.app(request.match_info["slug"]), self._desk.required(request))
        return self._desk.leads_to("/settings/installations")
