"""The stand-in's REST: an App, its installations, their tokens, and what was delivered to it."""

from datetime import datetime
from typing import Any

from aiohttp import web

from thakur.fakegithub.answers import Refusal, not_found, paged, paged_below
from thakur.fakegithub.hooks import FakeDelivery, Hooks
from thakur.fakegithub.knowing import app_of, installed
from thakur.fakegithub.shown import app_shown, installation_shown, repository_shown
from thakur.fakegithub.state import FakeApp, FakeInstallation, State


class AppRoutes:
    """What is asked with an App's JWT, or of an installation itself."""

    def __init__(self, state: State, hooks: Hooks, web_url: str) -> None:
        self._state = state
        self._hooks = hooks
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/app", self.app),
            web.get("/app/hook/config", self.hook_config),
            web.get("/app/hook/deliveries", self.deliveries),
            web.get("/app/hook/deliveries/{delivery:[0-9]+}", self.delivery),
            web.post("/app/hook/deliveries/{delivery}/attempts", self.redeliver),
            web.get("/app/installations", self.installations),
            web.get("/app/installations/{installation}", self.installation),
            web.post("/app/installations/{installation}/access_tokens", self.mint),
            web.get("/repos/{owner}/{repo}/installation", self.installation_on),
            web.get("/installation/repositories", self.repositories),
            web.delete("/installation/token", self.revoke),
        ]

    async def app(self, request: web.Request) -> web.Response:
        return web.json_response(app_shown(app_of(self._state, request), self._web_url))

    async def hook_config(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        config = {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.hook_url}
        return web.json_response(config)

    async def deliveries(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        return paged(request, [each.shown() for each in reversed(self._hooks.log) if each.app is app])

    async def delivery(self, request: web.Request) -> web.Response:
        found = self._delivery(request)
        more = {"url": found.app.hook_url, "request": {"headers": {}, "payload": found.payload}}
        return web.json_response(found.shown() | more | {"response": {"headers": {}, "payload": found.answer}})

    async def redeliver(self, request: web.Request) -> web.Response:
        self._hooks.again(self._delivery(request))
        return web.json_response({}, status=202)

    async def installations(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        own = [each for each in self._state.installations.values() if each.app is app]
        return paged(request, [installation_shown(each, self._web_url) for each in own])

    async def installation(self, request: web.Request) -> web.Response:
        return web.json_response(installation_shown(self._own(request), self._web_url))

    async def installation_on(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        found = self._state.named(f"{request.match_info['owner']}/{request.match_info['repo']}")
        for each in self._state.installations.values():
            if found is not None and each.app is app and found.id in each.repository_ids:
                return web.json_response(installation_shown(each, self._web_url))
        raise not_found()

    async def mint(self, request: web.Request) -> web.Response:
        found = self._own(request)
        if found.is_suspended:
            raise Refusal(403, "This installation has been suspended")
        asked: dict[str, Any] = await request.json() if request.can_read_body else {}
        repository_ids = frozenset(asked.get("repository_ids") or found.repository_ids)
        permissions = asked.get("permissions") or dict(found.app.permissions)
        if not repository_ids <= found.repository_ids:
            raise Refusal(422, "There is at least one repository that does not exist or is not accessible")
        if any(name not in found.app.permissions for name in permissions):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
        token = self._state.mint(found, repository_ids, {"metadata": "read"} | permissions)
        expires_at: datetime = self._state.tokens[token].expires_at
        body = {
            "token": token,
            "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
            "permissions": permissions,
            "repository_selection": "selected",
        }
        return web.json_response(body, status=201)

    async def repositories(self, request: web.Request) -> web.Response:
        token = installed(self._state, request)
        own = [self._state.repositories[each] for each in sorted(token.repository_ids)]
        return paged_below(request, "repositories", own, lambda each: repository_shown(each, self._web_url))

    async def revoke(self, request: web.Request) -> web.Response:
        installed(self._state, request)
        del self._state.tokens[request.headers["Authorization"].partition(" ")[2].strip()]
        return web.Response(status=204)

    def _delivery(self, request: web.Request) -> FakeDelivery:
        app = app_of(self._state, request)
        wanted = int(request.match_info["delivery"])
        found = next((each for each in self._hooks.log if each.app is app and each.id == wanted), None)
        if found is None:
            raise not_found()
        return found

    def _own(self, request: web.Request) -> FakeInstallation:
        app: FakeApp = app_of(self._state, request)
        found = self._state.installations.get(int(request.match_info["installation"]))
        if found is None or found.app is not app:
            raise not_found()
        return found
