"""The stand-in's REST: an App's webhook, and what was delivered by it."""

from datetime import timedelta
from typing import Any

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.door.knowing import app_of
from thakur.fakegithub.hooks import FakeDelivery, Hooks
from thakur.fakegithub.state import FakeApp, State

# What was delivered earlier is not known any more.
RETENTION = timedelta(days=3)
LARGEST_PAGE = 100
CURSOR = "v1_"


class HookRoutes:
    """Asked as the App."""

    def __init__(self, state: State, hooks: Hooks) -> None:
        self._state = state
        self._hooks = hooks

    def routes(self) -> list[web.RouteDef]:
        place = "/app/hook/deliveries/{delivery:[0-9]+}"
        return [
            web.get("/app/hook/config", self.config),
            web.patch("/app/hook/config", self.configure),
            web.get("/app/hook/deliveries", self.deliveries),
            web.get(place, self.delivery),
            web.post(f"{place}/attempts", self.redeliver),
        ]

    async def config(self, request: web.Request) -> web.Response:
        return web.json_response(_config_shown(app_of(self._state, request)))

    async def configure(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        asked: dict[str, Any] = await request.json()
        if not str(asked.get("url", "http://")).startswith(("http://", "https://")):
            raise Refusal(422, "Validation Failed")
        app.hook_url = asked.get("url", app.hook_url)
        app.webhook_secret = asked.get("secret", app.webhook_secret)
        return web.json_response(_config_shown(app))

    async def deliveries(self, request: web.Request) -> web.Response:
        app = app_of(self._state, request)
        wanted = request.query.get("status")
        found = [
            each
            for each in reversed(self._hooks.log)
            if each.app is app and each.is_done and wanted in (None, "success" if each.status == "OK" else "failure")
        ]
        found = [each for each in found if each.delivered_at > self._state.now() - RETENTION]
        size = max(1, min(int(request.query.get("per_page", "30")), LARGEST_PAGE))
        cursor = request.query.get("cursor", "")
        if cursor:
            below = int(cursor.removeprefix(CURSOR))
            found = [each for each in found if each.id < below]
        headers = {}
        if len(found) > size:
            following = request.url.update_query(cursor=f"{CURSOR}{found[size - 1].id}")
            headers["Link"] = f'<{following}>; rel="next"'
        return web.json_response([each.shown() for each in found[:size]], headers=headers)

    async def delivery(self, request: web.Request) -> web.Response:
        found = self._delivery(request)
        asked = {"headers": found.headers, "payload": found.payload}
        answer = {"headers": found.answer_headers, "payload": found.answer}
        return web.json_response(found.shown() | {"url": found.app.hook_url, "request": asked, "response": answer})

    async def redeliver(self, request: web.Request) -> web.Response:
        self._hooks.again(self._delivery(request))
        return web.json_response({}, status=202)

    def _delivery(self, request: web.Request) -> FakeDelivery:
        app = app_of(self._state, request)
        wanted = int(request.match_info["delivery"])
        found = next((each for each in self._hooks.log if each.app is app and each.id == wanted), None)
        if found is None or found.delivered_at <= self._state.now() - RETENTION:
            raise not_found()
        return found


def _config_shown(app: FakeApp) -> dict[str, Any]:
    shown = {"content_type": "json", "insecure_ssl": "0", "secret": "********"}
    return shown | {"url": app.hook_url} if app.hook_url else shown
