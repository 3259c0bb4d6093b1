"""The stand-in's REST: refs, trees and tags."""

from typing import Any

import pygit2
from aiohttp import web

from thakur.fakegithub.door.answers import not_found, paged
from thakur.fakegithub.door.knowing import repository_in
from thakur.fakegithub.git.commits import commit_of, refs, resolved, tags
from thakur.fakegithub.git.trees import entries, kind_of
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown.repositories import repository_url
from thakur.fakegithub.state import FakeRepository, State

# A tree that is listed with all below it holds no more.
LARGEST_TREE = 100_000


class RefRoutes:
    """Asked with `contents`."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/git/ref/{ref:.+}", self.ref),
            *in_repository("GET", "/git/matching-refs/{ref:.*}", self.matching),
            *in_repository("GET", "/git/trees/{tree:.+}", self.tree),
            *in_repository("GET", "/tags", self.tags),
        ]

    async def ref(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        name = f"refs/{request.match_info['ref'].removeprefix('refs/')}"
        sha = refs(found.path).get(name)
        if sha is None:
            raise not_found()
        return web.json_response(self._shown(found, name, sha))

    async def matching(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        place = f"refs/{request.match_info['ref']}"
        every = sorted((name, sha) for name, sha in refs(found.path).items() if name.startswith(place))
        return web.json_response([self._shown(found, name, sha) for name, sha in every])

    async def tree(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        is_deep = request.query.get("recursive", "") not in ("", "0", "false")
        sha = resolved(found.path, request.match_info["tree"]) or request.match_info["tree"]
        listed = entries(found.path, sha, is_deep=is_deep)
        if listed is None:
            raise not_found()
        url = repository_url(found, self._web_url)
        shown: list[dict[str, Any]] = []
        for entry in listed[1][:LARGEST_TREE]:
            each: dict[str, Any] = {
                "path": entry.path,
                "mode": f"{entry.mode:06o}",
                "type": entry.kind,
                "sha": entry.sha,
            }
            if entry.kind == "blob":
                each["size"] = entry.size
            place = "blobs" if entry.kind == "blob" else "trees"
            shown.append(each | ({"url": f"{url}/git/{place}/{entry.sha}"} if entry.kind != "commit" else {}))
        body = {"sha": listed[0], "url": f"{url}/git/trees/{listed[0]}", "tree": shown}
        return web.json_response(body | {"truncated": len(listed[1]) > LARGEST_TREE})

    async def tags(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        url = repository_url(found, self._web_url)
        return paged(
            request,
            sorted(tags(found.path), reverse=True),
            lambda name: {
                "name": name,
                "node_id": f"REF_{name}",
                "commit": _commit_at(found, name, url),
                "zipball_url": f"{url}/zipball/refs/tags/{name}",
                "tarball_url": f"{url}/tarball/refs/tags/{name}",
            },
        )

    def _shown(self, found: FakeRepository, name: str, sha: str) -> dict[str, Any]:
        url, kind = repository_url(found, self._web_url), kind_of(found.path, sha)
        target = {"type": kind, "sha": sha, "url": f"{url}/git/{kind}s/{sha}"}
        return {"ref": name, "node_id": f"REF_{name}", "url": f"{url}/git/{name}", "object": target}


def _commit_at(found: FakeRepository, tag: str, url: str) -> dict[str, str]:
    try:
        sha = commit_of(found.path, tags(found.path)[tag]).sha
    except pygit2.InvalidSpecError:
        sha = tags(found.path)[tag]
    return {"sha": sha, "url": f"{url}/commits/{sha}"}
