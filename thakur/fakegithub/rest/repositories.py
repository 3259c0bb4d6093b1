"""The stand-in's REST: repositories, their and their branches."""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from thakur.fakegithub.acts.owning import Owning
from thakur.fakegithub.door.answers import Refusal, invalid, paged
from thakur.fakegithub.door.knowing import repository_in
from thakur.fakegithub.git.commits import branches
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown import repository_shown, repository_url
from thakur.fakegithub.shown.commits import commit_shown
from thakur.fakegithub.state import State


class RepositoryRoutes:
    """What is asked with an installation's token."""

    def __init__(self, state: State, owning: Owning, web_url: str) -> None:
        self._state = state
        self._owning = owning
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "", self.repository),
            *in_repository("PATCH", "", self.change),
            *in_repository("GET", "/branches", self.branches),
            *in_repository("GET", "/branches/{branch:.+}", self.branch),
        ]

    async def repository(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "metadata", "read")
        return web.json_response(repository_shown(found, self._web_url))

    async def change(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "administration", "write")
        asked: dict[str, Any] = await request.json()
        if asked.get("default_branch", found.default_branch) not in {*branches(found.path), found.default_branch}:
            raise invalid("Repository", "default_branch")
        if asked.get("name", found.name) != found.name:
            self._owning.rename(found, asked["name"])
        if asked.get("default_branch", found.default_branch) != found.default_branch:
            self._owning.change_default_branch(found, asked["default_branch"])
        if asked.get("private", found.is_private) != found.is_private:
            self._owning.set_private(found, is_private=asked["private"])
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
