"""The stand-in's REST: repositories, their branches and deployments, with the permissions of each."""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from thakur.fakegithub.answers import Refusal, not_found, paged
from thakur.fakegithub.commits import branches
from thakur.fakegithub.knowing import asking, may_see, repository_in
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown import repository_shown, repository_url
from thakur.fakegithub.shown.commits import commit_shown
from thakur.fakegithub.state import State

STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
DESCRIPTION_CHARACTERS = 140


class RepositoryRoutes:
    """What is asked with an installation's token."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "", self.repository),
            *in_repository("GET", "/branches", self.branches),
            *in_repository("GET", "/branches/{branch:.+}", self.branch),
            *in_repository("GET", "/deployments", self.deployments),
            *in_repository("POST", "/deployments", self.deploy),
            *in_repository("POST", "/deployments/{deployment}/statuses", self.tell),
        ]

    async def repository(self, request: web.Request) -> web.Response:
        if "owner" in request.match_info:
            asked = f"{request.match_info['owner']}/{request.match_info['repo']}"
            named = self._state.named(asked)
            if named and named.full_name.lower() != asked.lower() and may_see(asking(self._state, request), named):
                there = f"{self._web_url}/api/v3/repositories/{named.id}"
                return web.json_response(
                    {"message": "Moved Permanently", "url": there}, status=301, headers={"Location": there}
                )
        found = repository_in(self._state, request, "metadata", "read")
        return web.json_response(repository_shown(found, self._web_url))

    async def branches(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        url = repository_url(found, self._web_url)
        shown = [
            {"name": name, "commit": {"sha": sha, "url": f"{url}/commits/{sha}"}, "protected": False}
            for name, sha in sorted(branches(found.path).items())
        ]
        return paged(request, shown)

    async def branch(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        name = request.match_info["branch"]
        sha = branches(found.path).get(name)
        if sha is None:
            raise Refusal(404, "Branch not found")
        url = f"{repository_url(found, self._web_url)}/branches/{quote(name, safe='')}"
        body = {
            "name": name,
            "protected": False,
            "protection": {"enabled": False},
            "protection_url": f"{url}/protection",
            "commit": commit_shown(found, sha, self._web_url),
            "_links": {"self": url, "html": f"{self._web_url}/{found.full_name}/tree/{quote(name)}"},
        }
        return web.json_response(body)

    async def deployments(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "read")
        wanted = {name: request.query[name] for name in ("sha", "environment", "task") if name in request.query}
        same = [each for each in reversed(found.deployments) if wanted.items() <= each.items()]
        return paged(request, same)

    async def deploy(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "write")
        asked: dict[str, Any] = await request.json()
        if asked.get("auto_merge", True) or asked.get("required_contexts") is None:
            raise Refusal(409, "Conflict: Commit status checks failed for the ref.")
        made = {
            "id": self._state.new_id(),
            "sha": asked["ref"],
            "ref": asked["ref"],
            "task": "deploy",
            "environment": asked.get("environment", "production"),
            "description": asked.get("description"),
            "statuses": [],
        }
        found.deployments.append(made)
        return web.json_response(made, status=201)

    async def tell(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "write")
        asked: dict[str, Any] = await request.json()
        wanted = int(request.match_info["deployment"])
        made = next((each for each in found.deployments if each["id"] == wanted), None)
        if made is None:
            raise not_found()
        _check(asked, STATES)
        made["statuses"].append(asked)
        return web.json_response(asked | {"id": self._state.new_id()}, status=201)


def _check(asked: dict[str, Any], states: tuple[str, ...]) -> None:
    if asked.get("state") not in states or len(asked.get("description") or "") > DESCRIPTION_CHARACTERS:
        raise Refusal(422, "Validation Failed")
