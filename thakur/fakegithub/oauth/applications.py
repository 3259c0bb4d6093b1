"""The stand-in's REST for an App that asks about its users' tokens, by its own id and secret."""

import base64
import hashlib
from typing import Any

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.oauth.grants import UserToken
from thakur.fakegithub.people.shown import MADE_AT, account_shown
from thakur.fakegithub.state import FakeApp, State


class ApplicationRoutes:
    """A token is checked, made new, or given up; or everything that its person has granted."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/applications/{client_id}/token", self.check),
            web.patch("/applications/{client_id}/token", self.reset),
            web.delete("/applications/{client_id}/token", self.forget),
            web.delete("/applications/{client_id}/grant", self.revoke),
        ]

    async def check(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(await self._token(request)))

    async def reset(self, request: web.Request) -> web.Response:
        found = await self._token(request)
        self._state.grants.forget(found)
        return web.json_response(self._shown(self._state.grants.grant(found.app, found.user)))

    async def forget(self, request: web.Request) -> web.Response:
        self._state.grants.forget(await self._token(request))
        return web.Response(status=204)

    async def revoke(self, request: web.Request) -> web.Response:
        found = await self._token(request)
        self._state.grants.revoke(found.app, found.user)
        return web.Response(status=204)

    async def _token(self, request: web.Request) -> UserToken[FakeApp]:
        kind, _, login = request.headers.get("Authorization", "").partition(" ")
        every = self._state.apps.values()
        app = next((each for each in every if each.client_id == request.match_info["client_id"]), None)
        given = base64.b64decode(login).decode() if kind.lower() == "basic" else ""
        if app is None or given != f"{app.client_id}:{app.client_secret}":
            raise Refusal(401, "Bad credentials")
        asked: dict[str, Any] = await request.json()
        found = self._state.grants.find(asked["access_token"])
        if found is None or found.app is not app:
            raise not_found()
        return found

    def _shown(self, token: UserToken[FakeApp]) -> dict[str, Any]:
        return {
            "id": token.id,
            "url": f"{self._web_url}/api/v3/authorizations/{token.id}",
            "scopes": [],
            "token": token.text,
            "hashed_token": hashlib.sha256(token.text.encode()).hexdigest(),
            "token_last_eight": token.text[-8:],
            "note": None,
            "note_url": None,
            "fingerprint": None,
            "app": {"client_id": token.app.client_id, "name": token.app.name or token.app.slug, "url": self._web_url},
            "user": account_shown(token.user, self._web_url),
            "created_at": MADE_AT,
            "updated_at": MADE_AT,
            "expires_at": f"{token.expires_at:%Y-%m-%dT%H:%M:%SZ}" if token.expires_at else None,
        }
