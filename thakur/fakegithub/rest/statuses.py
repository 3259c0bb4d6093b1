"""The stand-in's REST: how a commit stands, as anybody says who may."""

from typing import Any

from aiohttp import web

from thakur.fakegithub.acts.checks import Checks
from thakur.fakegithub.door.answers import Refusal, invalid, paged
from thakur.fakegithub.door.knowing import asked_by, repository_in
from thakur.fakegithub.git.commits import resolved
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown.checks import brief_status, combined_state, status_shown
from thakur.fakegithub.shown.repositories import repository_brief, repository_url
from thakur.fakegithub.state import FakeRepository, State

STATES = ("error", "failure", "pending", "success")
DESCRIPTION_CHARACTERS = 140
# Of one context of a commit GitHub takes no more.
MOST = 1000


class StatusRoutes:
    """Asked with `statuses`."""

    def __init__(self, state: State, checks: Checks, web_url: str) -> None:
        self._state = state
        self._checks = checks
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/commits/{ref:.+}/status", self.combined),
            *in_repository("GET", "/commits/{ref:.+}/statuses", self.statuses),
            *in_repository("POST", "/statuses/{sha}", self.say),
        ]

    async def combined(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "statuses", "read")
        sha = self._sha(found, request)
        newest = {each["context"]: each for each in found.statuses if each["sha"] == sha}
        url = repository_url(found, self._web_url)
        body = {
            "state": combined_state([each["state"] for each in newest.values()]),
            "statuses": [brief_status(found, each, self._web_url) for each in newest.values()],
            "sha": sha,
            "total_count": len(newest),
            "repository": repository_brief(found, self._web_url),
            "commit_url": f"{url}/commits/{sha}",
            "url": f"{url}/commits/{sha}/status",
        }
        return web.json_response(body)

    async def statuses(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "statuses", "read")
        sha = self._sha(found, request)
        newest_first = [each for each in reversed(found.statuses) if each["sha"] == sha]
        return paged(request, [status_shown(found, each, self._web_url) for each in newest_first])

    async def say(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "statuses", "write")
        asked: dict[str, Any] = await request.json()
        sha, context = resolved(found.path, request.match_info["sha"]), asked.get("context") or "default"
        if sha is None:
            raise Refusal(422, f"No commit found for SHA: {request.match_info['sha']}")
        if asked.get("state") not in STATES:
            raise invalid("Status", "state")
        if len(asked.get("description") or "") > DESCRIPTION_CHARACTERS:
            raise invalid("Status", "description")
        if sum((each["sha"], each["context"]) == (sha, context) for each in found.statuses) >= MOST:
            raise Refusal(422, "Validation Failed")
        told = {name: asked.get(name) for name in ("target_url", "description")}
        told["creator"] = asked_by(self._state, request, self._web_url)
        made = self._checks.status(found, sha, context, asked["state"], told)
        return web.json_response(status_shown(found, made, self._web_url), status=201)

    def _sha(self, found: FakeRepository, request: web.Request) -> str:
        ref = request.match_info["ref"]
        sha = resolved(found.path, ref)
        if sha is None:
            raise Refusal(422, f"No commit found for SHA: {ref}")
        return sha
