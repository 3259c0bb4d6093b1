"""The stand-in's REST: tokens of installations, and what they open."""

from datetime import datetime
from typing import Any

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, paged_below
from thakur.fakegithub.door.knowing import LEVELS, installed
from thakur.fakegithub.rest.apps import own_installation
from thakur.fakegithub.shown import repository_shown
from thakur.fakegithub.state import FakeInstallation, State

# A token is asked for so many repositories at most.
REPOSITORIES = 500
NO_REPOSITORY = "There is at least one repository that does not exist or is not accessible to the parent installation."
STATELESS = "X-GitHub-Stateless-S2S-Token"


class TokenRoutes:
    """Minted for the App, used by whoever holds them."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/app/installations/{installation:[0-9]+}/access_tokens", self.mint),
            web.get("/installation/repositories", self.repositories),
            web.delete("/installation/token", self.revoke),
        ]

    async def mint(self, request: web.Request) -> web.Response:
        found = own_installation(self._state, request)
        if found.is_suspended:
            raise Refusal(403, "This installation has been suspended")
        asked: dict[str, Any] = await request.json() if request.can_read_body else {}
        chosen = self._chosen(found, asked)
        permissions = asked.get("permissions") or dict(found.permissions)
        for name, level in permissions.items():
            granted = LEVELS[: LEVELS.index(found.permissions.get(name, "")) + 1]
            if level not in granted:
                raise Refusal(422, "The permissions requested are not granted to this installation.")
        permissions = {"metadata": "read"} | permissions
        is_stateless = request.headers.get(STATELESS, "enabled") != "disabled"
        text = self._state.mint(
            found, chosen or frozenset(found.repository_ids), permissions, is_stateless=is_stateless
        )
        expires_at: datetime = self._state.tokens[text].expires_at
        body: dict[str, Any] = {
            "token": text,
            "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
            "permissions": permissions,
            "repository_selection": "all" if found.has_all else "selected",
        }
        if chosen:
            body["repositories"] = [repository_shown(self._state.repositories[each], self._web_url) for each in chosen]
        return web.json_response(body, status=201)

    async def repositories(self, request: web.Request) -> web.Response:
        token = installed(self._state, request)
        own = [self._state.repositories[each] for each in sorted(token.opened & self._state.repositories.keys())]
        return paged_below(request, "repositories", own, lambda each: repository_shown(each, self._web_url))

    async def revoke(self, request: web.Request) -> web.Response:
        installed(self._state, request)
        del self._state.tokens[request.headers["Authorization"].partition(" ")[2].strip()]
        return web.Response(status=204)

    def _chosen(self, found: FakeInstallation, asked: dict[str, Any]) -> frozenset[int]:
        by_name = {each.name: each.id for each in self._state.repositories.values() if each.id in found.repository_ids}
        names, ids = asked.get("repositories") or [], asked.get("repository_ids") or []
        if len(names) + len(ids) > REPOSITORIES:
            raise Refusal(422, "Too many repositories for installation, max allowed is 500")
        chosen = frozenset(ids) | {by_name.get(each, 0) for each in names}
        if not chosen <= found.repository_ids:
            raise Refusal(422, NO_REPOSITORY)
        return chosen
