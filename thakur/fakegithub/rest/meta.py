"""The stand-in's REST: what it says of itself."""

from typing import Any

from aiohttp import web

from thakur.fakegithub.door.gate import VERSIONS, Gate
from thakur.fakegithub.door.knowing import known


class MetaRoutes:
    """Asked by anybody; none of it costs anything."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/meta", self.meta),
            web.get("/rate_limit", self.rate_limit),
            web.get("/versions", self.versions),
        ]

    async def meta(self, _: web.Request) -> web.Response:
        return web.json_response({"verifiable_password_authentication": False, "installed_version": "3.19.0"})

    async def versions(self, _: web.Request) -> web.Response:
        return web.json_response(list(VERSIONS))

    async def rate_limit(self, request: web.Request) -> web.Response:
        known(self._gate.state, request)
        window = self._gate.limits.window(self._gate.limits.payer(request))
        rate: dict[str, Any] = {
            "limit": window.limit,
            "used": window.used,
            "remaining": window.remaining,
            "reset": int(window.reset_at),
        }
        return web.json_response({"resources": {"core": rate, "search": rate | {"limit": 30}}, "rate": rate})
