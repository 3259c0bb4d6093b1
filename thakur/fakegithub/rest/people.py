"""The stand-in's REST: accounts as everybody may see them."""

from aiohttp import web

from thakur.fakegithub.door.answers import not_found
from thakur.fakegithub.door.knowing import known
from thakur.fakegithub.people.accounts import FakeOrganization, FakeUser
from thakur.fakegithub.people.shown import organization_in_full, profile_shown
from thakur.fakegithub.state import State


class PeopleRoutes:
    """Asked by anybody."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/users/{login}", self.user), web.get("/orgs/{login}", self.organization)]

    async def user(self, request: web.Request) -> web.Response:
        known(self._state, request)
        found = self._state.people.named(request.match_info["login"])
        if not isinstance(found, FakeUser):
            raise not_found()
        return web.json_response(profile_shown(found, self._web_url))

    async def organization(self, request: web.Request) -> web.Response:
        known(self._state, request)
        found = self._state.people.named(request.match_info["login"])
        if not isinstance(found, FakeOrganization):
            raise not_found()
        return web.json_response(organization_in_full(found, self._web_url))
