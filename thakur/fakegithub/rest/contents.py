"""The stand-in's REST: the files of a commit."""

import base64
from typing import Any
from urllib.parse import quote

import pygit2
from aiohttp import web

from thakur.fakegithub.answers import Refusal, not_found
from thakur.fakegithub.commits import resolved
from thakur.fakegithub.knowing import repository_in
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown import repository_url
from thakur.fakegithub.state import FakeRepository, State

# What a content is given with; a larger file has none.
CONTENT_BYTES = 1024 * 1024
# GitHub lists no more of a tree with everything below it.
ENTRIES = 100_000


class ContentRoutes:
    """Asked with `contents`."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/git/trees/{ref:.+}", self.tree),
            *in_repository("GET", "/contents/{path:.*}", self.content),
        ]

    async def tree(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        repository = pygit2.Repository(str(found.path))
        sha = resolved(found.path, request.match_info["ref"])
        if sha is None:
            raise not_found()
        tree = repository[sha].peel(pygit2.Tree)
        url = f"{repository_url(found, self._web_url)}/git"
        listed = [_entry(path, each, url) for path, each in _walk(tree, "", is_deep="recursive" in request.query)]
        body = {"sha": str(tree.id), "url": f"{url}/trees/{tree.id}"}
        return web.json_response(body | {"tree": listed[:ENTRIES], "truncated": len(listed) > ENTRIES})

    async def content(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        ref = request.query.get("ref", found.default_branch)
        sha = resolved(found.path, ref)
        if sha is None:
            raise Refusal(404, f"No commit found for the ref {ref}")
        path = request.match_info["path"].strip("/")
        tree = pygit2.Repository(str(found.path))[sha].peel(pygit2.Tree)
        try:
            entry = tree[path] if path else tree
        except KeyError:
            raise not_found() from None
        if isinstance(entry, pygit2.Tree):
            within = [(f"{path}/{each.name}".lstrip("/"), each) for each in entry]
            return web.json_response([self._shown(found, name, each, ref) for name, each in within])
        shown = self._shown(found, path, entry, ref)
        is_small = isinstance(entry, pygit2.Blob) and entry.size <= CONTENT_BYTES
        content = base64.encodebytes(entry.data).decode() if isinstance(entry, pygit2.Blob) and is_small else ""
        return web.json_response(shown | {"content": content, "encoding": "base64" if is_small else "none"})

    def _shown(self, repository: FakeRepository, path: str, entry: Any, ref: str) -> dict[str, Any]:
        url, home = repository_url(repository, self._web_url), f"{self._web_url}/{repository.full_name}"
        kind = "file" if isinstance(entry, pygit2.Blob) else "dir" if isinstance(entry, pygit2.Tree) else "submodule"
        where = {"file": ("blob", "blobs"), "dir": ("tree", "trees"), "submodule": ("tree", "trees")}[kind]
        links = {
            "self": f"{url}/contents/{quote(path)}?ref={quote(ref)}",
            "git": f"{url}/git/{where[1]}/{entry.id}",
            "html": f"{home}/{where[0]}/{quote(ref)}/{quote(path)}",
        }
        return {
            "name": path.rpartition("/")[2],
            "path": path,
            "sha": str(entry.id),
            "size": entry.size if isinstance(entry, pygit2.Blob) else 0,
            "url": links["self"],
            "html_url": links["html"],
            "git_url": links["git"],
            "download_url": f"{home}/raw/{quote(ref)}/{quote(path)}" if kind == "file" else None,
            "type": kind,
            "_links": links,
        }


def _walk(tree: pygit2.Tree, above: str, *, is_deep: bool) -> list[tuple[str, Any]]:
    found = list[tuple[str, Any]]()
    for entry in tree:
        path = f"{above}{entry.name}"
        found.append((path, entry))
        if is_deep and isinstance(entry, pygit2.Tree):
            found += _walk(entry, f"{path}/", is_deep=is_deep)
    return found


def _entry(path: str, entry: Any, url: str) -> dict[str, Any]:
    kind = "blob" if isinstance(entry, pygit2.Blob) else "tree" if isinstance(entry, pygit2.Tree) else "commit"
    shown = {"path": path, "mode": f"{int(entry.filemode):06o}", "type": kind, "sha": str(entry.id)}
    if kind == "commit":
        return shown
    size = {"size": entry.size} if kind == "blob" else {}
    return shown | size | {"url": f"{url}/{kind}s/{entry.id}"}
