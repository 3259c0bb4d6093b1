"""The stand-in's REST: an App, and where it is installed."""

from collections.abc import Callable

from aiohttp import web

from thakur.fakegithub.apps.installing import Installing
from thakur.fakegithub.door.answers import not_found, paged
from thakur.fakegithub.door.knowing import app_of
from thakur.fakegithub.shown import app_shown, installation_shown
from thakur.fakegithub.state import FakeInstallation, State


class AppRoutes:
    """What is asked with an App's JWT."""

    def __init__(self, state: State, installing: Installing, web_url: str) -> None:
        self._state = state
        self._installing = installing
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        place = "/app/installations/{installation:[0-9]+}"
        return [
            web.get("/app", self.app),
            web.get("/app/installations", self.installations),
            web.get(place, self.installation),
            web.delete(place, self.uninstall),
            web.put(f"{place}/suspended", self.suspend),
            web.delete(f"{place}/suspended", self.suspend),
            web.get("/repos/{owner}/{repo}/installation", self.installation_on),
            web.get("/users/{owner}/installation", self.installation_of),
            web.get("/orgs/{owner}/installation", self.installation_of),
        ]

    async def app(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        own = [each for each in self._state.installations.values() if each.app is app]
        return web.json_response(app_shown(app, self._web_url) | {"installations_count": len(own)})

    async def installations(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        own = [each for each in self._state.installations.values() if each.app is app]
        return paged(request, own, lambda each: installation_shown(each, self._web_url))

    async def installation(self, request: web.Request) -> web.Response:
        return web.json_response(installation_shown(own_installation(self._state, request), self._web_url))

    async def uninstall(self, request: web.Request) -> web.Response:
        found = own_installation(self._state, request)
        self._installing.uninstall(found, found.app.owner)
        return web.Response(status=204)

    async def suspend(self, request: web.Request) -> web.Response:
        found = own_installation(self._state, request)
        self._installing.suspend(found, found.app.owner, is_suspended=request.method == "PUT")
        return web.Response(status=204)

    async def installation_on(self, request: web.Request) -> web.Response:
        found = self._state.named(f"{request.match_info['owner']}/{request.match_info['repo']}")
        return self._first(request, lambda each: found is not None and found.id in each.repository_ids)

    async def installation_of(self, request: web.Request) -> web.Response:
        owner = request.match_info["owner"].lower()
        return self._first(request, lambda each: each.account.login.lower() == owner)

    def _first(self, request: web.Request, is_it: Callable[[FakeInstallation], bool]) -> web.Response:
        app = app_of(self._state, request)
        for each in self._state.installations.values():
            if each.app is app and is_it(each):
                return web.json_response(installation_shown(each, self._web_url))
        raise not_found()


def own_installation(state: State, request: web.Request) -> FakeInstallation:
    """The installation of the path, if it is one of the App that asks."""
    app = app_of(state, request)
    found = state.installations.get(int(request.match_info["installation"]))
    if found is None or found.app is not app:
        raise not_found()
    return found
