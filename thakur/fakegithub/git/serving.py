"""Smart HTTP of the stand-in: git's own program behind the tokens, and events of what a push has moved."""

import asyncio
import base64
import os
from collections import defaultdict

from aiohttp import web

from thakur.fakegithub.acts.pushes import Pushes
from thakur.fakegithub.door.answers import Refusal
from thakur.fakegithub.door.knowing import may, may_see, opened
from thakur.fakegithub.git.commits import GIT_ENV
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeRepository, State

BACKEND_SECONDS = 120.0


class GitRoutes:
    """`owner_password` is what a person pushes with; it may do everything."""

    def __init__(self, state: State, pushes: Pushes, owner_password: str) -> None:
        self._state = state
        self._pushes = pushes
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
            with self._pushes.receiving(found, self._pusher(request, found)):
                return await self._backend(request, found)

    def _repository(self, request: web.Request, *, is_push: bool) -> FakeRepository | web.Response:
        found = self._state.named(f"{request.match_info['owner']}/{request.match_info['repo'].removesuffix('.git')}")
        if found is not None and not found.is_private and not is_push and "Authorization" not in request.headers:
            return found
        _, _, password = _login(request)
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

    def _pusher(self, request: web.Request, repository: FakeRepository) -> FakeAccount:
        login, _, password = _login(request)
        if password == self._owner_password:
            return self._state.people.named(login) or repository.account
        held = self._state.grants.find(password)
        return repository.account if held is None else held.user


def _login(request: web.Request) -> tuple[str, str, str]:
    kind, _, login = request.headers.get("Authorization", "").partition(" ")
    return base64.b64decode(login if kind.lower() == "basic" else "").decode().partition(":")
