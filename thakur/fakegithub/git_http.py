"""Smart HTTP of the stand-in: git's own program behind the tokens, and events of what a push has moved."""

import asyncio
import base64
import os
from collections import defaultdict

from aiohttp import web

from thakur.fakegithub.answers import Refusal
from thakur.fakegithub.checks import Checks
from thakur.fakegithub.commits import GIT_ENV, ZERO, refs
from thakur.fakegithub.events import push_event, ref_event
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.knowing import may, may_see, opened
from thakur.fakegithub.state import FakeRepository, State

# More tags than these in one push make no event.
TAGS = 3
BACKEND_SECONDS = 120.0


class GitRoutes:
    """`owner_password` is what a person pushes with; it may do everything."""

    def __init__(self, state: State, hooks: Hooks, checks: Checks, web_url: str, owner_password: str) -> None:
        self._state = state
        self._hooks = hooks
        self._checks = checks
        self._web_url = web_url
        self._owner_password = owner_password
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{owner}/{repo}/{rest:(?:info/refs|git-upload-pack|git-receive-pack)}", self.serve)]

    async def serve(self, request: web.Request) -> web.Response:
        is_push = "git-receive-pack" in (request.query.get("service", ""), request.match_info["rest"])
        found = self._repository(request, is_push=is_push)
        if isinstance(found, web.Response):
            return found
        if request.method == "GET" or not is_push:
            return await self._backend(request, found)
        async with self._turns[found.id]:
            before = refs(found.path)
            answer = await self._backend(request, found)
            self._tell(found, before, refs(found.path))
            return answer

    def _repository(self, request: web.Request, *, is_push: bool) -> FakeRepository | web.Response:
        found = self._state.named(f"{request.match_info['owner']}/{request.match_info['repo'].removesuffix('.git')}")
        kind, _, login = request.headers.get("Authorization", "").partition(" ")
        if found is not None and not found.is_private and not is_push and not login:
            return found
        password = base64.b64decode(login).decode().partition(":")[2] if kind.lower() == "basic" else ""
        if password == self._owner_password and found is not None:
            return found
        try:
            token = opened(self._state, password)
        except Refusal:
            words = "Invalid username or token. Password authentication is not supported for Git operations."
            return web.Response(status=401, text=words, headers={"WWW-Authenticate": 'Basic realm="GitHub"'})
        if found is None or not may_see(token, found):
            return web.Response(status=404, text="Repository not found.")
        if not may(token, "contents", "write" if is_push else "read", found):
            return web.Response(status=403, text="Write access to repository not granted.")
        return found

    async def _backend(self, request: web.Request, repository: FakeRepository) -> web.Response:
        body = await request.read()
        env = GIT_ENV | {
            "PATH": os.defpath,
            "GIT_PROJECT_ROOT": str(repository.path),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{request.match_info['rest']}",
            "QUERY_STRING": request.query_string,
            "REQUEST_METHOD": request.method,
            "REMOTE_USER": repository.owner,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": "",
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        }
        running = await asyncio.create_subprocess_exec(
            "git",
            "http-backend",
            env=env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        out, _ = await asyncio.wait_for(running.communicate(body), BACKEND_SECONDS)
        head, _, content = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200").split()[0])
        return web.Response(status=status, body=content, headers=headers)

    def _tell(self, repository: FakeRepository, before: dict[str, str], after: dict[str, str]) -> None:
        moved = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
        if sum(name.startswith("refs/tags/") for name in moved) > TAGS:
            moved = [name for name in moved if not name.startswith("refs/tags/")]
        for name in moved:
            old, new = before.get(name, ZERO), after.get(name, ZERO)
            if ZERO in (old, new):
                event, payload = ref_event(repository, name, self._web_url, is_new=old == ZERO)
                self._hooks.happened(repository, event, payload)
            self._hooks.happened(repository, "push", push_event(repository, name, old, new, self._web_url))
            if name.startswith("refs/heads/") and new != ZERO:
                self._checks.pushed(repository, name.removeprefix("refs/heads/"), old, new)
