"""The stand-in's REST: the code that a browser brought back becomes an App's secrets, once."""

from aiohttp import web

from thakur.fakegithub.apps.registering import Registering
from thakur.fakegithub.door.answers import not_found
from thakur.fakegithub.shown import app_shown


class ManifestRoutes:
    """Asked by whoever holds the code."""

    def __init__(self, registering: Registering, web_url: str) -> None:
        self._registering = registering
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/app-manifests/{code}/conversions", self.convert)]

    async def convert(self, request: web.Request) -> web.Response:
        app = self._registering.convert(request.match_info["code"])
        if app is None:
            raise not_found()
        secrets = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "webhook_secret": app.webhook_secret,
            "pem": app.private_key,
        }
        return web.json_response(app_shown(app, self._web_url) | secrets, status=201)
