"""The stand-in's REST: files as they are in a commit."""

import base64
import re
from typing import Any
from urllib.parse import quote

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.door.knowing import repository_in
from thakur.fakegithub.git.commits import resolved
from thakur.fakegithub.git.trees import LINK, MODULE, Entry, at
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown.repositories import repository_url
from thakur.fakegithub.state import FakeRepository, State

# A larger file has no content in JSON, a still larger one cannot be asked for.
IN_JSON_BYTES = 1024 * 1024
LARGEST_BYTES = 100 * 1024 * 1024
RAW = re.compile(r"application/vnd\.github(?:\.v3)?\.raw\b")


class ContentRoutes:
    """Asked with `contents`."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/contents", self.contents),
            *in_repository("GET", "/contents/{path:.*}", self.contents),
        ]

    async def contents(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        ref = request.query.get("ref") or found.default_branch
        commit = resolved(found.path, ref)
        if commit is None:
            raise Refusal(
                404, f"No commit found for the ref {ref}" if "ref" in request.query else "This repository is empty."
            )
        there = at(found.path, commit, request.match_info.get("path", "").strip("/"))
        if there is None:
            raise not_found()
        entry, content = there
        if isinstance(content, list):
            return web.json_response([self._shown(found, each, ref) for each in content])
        if entry.size > LARGEST_BYTES:
            raise Refusal(403, "This API returns blobs up to 100 MB in size.")
        if RAW.match(request.headers.get("Accept", "")):
            return web.Response(body=content, content_type="application/vnd.github.raw+json", charset="utf-8")
        return web.json_response(self._shown(found, entry, ref) | _content(entry, content))

    def _shown(self, found: FakeRepository, entry: Entry, ref: str) -> dict[str, Any]:
        url, home, path = repository_url(found, self._web_url), f"{self._web_url}/{found.full_name}", quote(entry.path)
        kind = _kind(entry)
        place = "trees" if kind == "dir" else "blobs"
        own_url = f"{url}/contents/{path}?ref={quote(ref, safe='')}"
        html_url = f"{home}/{'tree' if kind == 'dir' else 'blob'}/{quote(ref)}/{path}"
        git_url = f"{url}/git/{place}/{entry.sha}"
        return {
            "name": entry.path.rpartition("/")[2],
            "path": entry.path,
            "sha": entry.sha,
            "size": entry.size,
            "type": kind,
            "url": own_url,
            "html_url": html_url,
            "git_url": git_url,
            "download_url": f"{home}/raw/{quote(ref)}/{path}" if kind == "file" else None,
            "_links": {"self": own_url, "git": git_url, "html": html_url},
        }


def _kind(entry: Entry) -> str:
    by_mode = {LINK: "symlink", MODULE: "submodule"}
    return by_mode.get(entry.mode, "dir" if entry.kind == "tree" else "file")  # type: ignore[call-overload, no-any-return]


def _content(entry: Entry, content: bytes) -> dict[str, Any]:
    if entry.mode == LINK:
        return {"target": content.decode()}
    if entry.size > IN_JSON_BYTES:
        return {"content": "", "encoding": "none"}
    return {"content": base64.encodebytes(content).decode(), "encoding": "base64"}
