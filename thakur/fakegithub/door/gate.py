"""What every question to the stand-in's API goes through: faults, the version, limits, and answers that are known already."""

import hashlib
import uuid
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from thakur.fakegithub.door import limits
from thakur.fakegithub.door.answers import Refusal, invalid, refused
from thakur.fakegithub.door.faults import Faults, delay, reset, truncated
from thakur.fakegithub.door.limits import Limits, Window
from thakur.fakegithub.state import State

VERSIONS = ("2022-11-28", "2026-03-10")
# Asking these costs nothing.
FREE = ("/rate_limit", "/meta")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Answered(NamedTuple):
    """A question and its true answer, for those who check the stand-in itself."""

    method: str
    path: str
    status: int
    content_type: str
    body: bytes


class Gate:
    """`watch` is told of each answer that is no fault."""

    def __init__(self, state: State, faults: Faults) -> None:
        self.limits = Limits(state)
        self.watch: Callable[[Answered], None] | None = None
        self.state = state
        self._faults = faults

    @web.middleware
    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = self._faults.take(request)
        if fault is not None:
            await delay(fault)
            if fault.is_reset:
                return reset(request)
            if fault.status:
                return fault.answer()
        answer = await self._paid(request, handler)
        if fault is not None and fault.truncate_bytes is not None:
            return await truncated(request, answer, fault.truncate_bytes)
        return answer

    async def _paid(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        payer = self.limits.payer(request)
        window = self.limits.window(payer)
        is_free = request.path.removeprefix("/api/v3") in FREE
        try:
            if not is_free:
                self.limits.check(window, payer, request.method)
            answer = await self._counted(window, request, handler)
        except Refusal as refusal:
            answer = refused(refusal)
            is_free = True
        if not is_free and answer.status != 304:
            window.used += 1
        answer.headers.update(limits.headers(window) | self._always(request))
        return answer

    async def _counted(self, window: Window, request: web.Request, handler: Handler) -> web.StreamResponse:
        window.running += 1
        try:
            return await self._answered(request, handler)
        finally:
            window.running -= 1

    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("X-GitHub-Api-Version", VERSIONS[0]) not in VERSIONS:
            return refused(Refusal(400, f"API Version {request.headers['X-GitHub-Api-Version']} is not supported."))
        try:
            answer = await handler(request)
        except Refusal as refusal:
            answer = refused(refusal)
        except web.HTTPNotFound:
            answer = refused(Refusal(404, "Not Found"))
        except KeyError as missing:
            answer = refused(invalid("Request", str(missing.args[0]), "missing_field"))
        except ValueError:
            answer = refused(Refusal(400, "Problems parsing JSON"))
        if isinstance(answer, web.Response) and self.watch is not None:
            body = answer.body if isinstance(answer.body, bytes) else b""
            path = request.path.removeprefix("/api/v3")
            self.watch(Answered(request.method, path, answer.status, answer.content_type, body))
        return _known(request, answer)

    def _always(self, request: web.Request) -> dict[str, str]:
        return {
            "X-GitHub-Request-Id": str(uuid.uuid4()).upper(),
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": request.headers.get("X-GitHub-Api-Version", VERSIONS[0]),
            "Date": f"{self.state.now():%a, %d %b %Y %H:%M:%S GMT}",
        }


def _known(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    if request.method != "GET" or answer.status != 200 or not isinstance(answer, web.Response):
        return answer
    # Another token has another tag: GitHub does not promise that it is the same.
    body = answer.body if isinstance(answer.body, bytes) else b""
    salt = request.headers.get("Authorization", "").encode()
    tag = f'W/"{hashlib.sha256(salt + body).hexdigest()}"'
    kept = {"ETag": tag, "Cache-Control": "private, max-age=60, s-maxage=60", "Vary": "Accept, Authorization"}
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=kept)
    answer.headers.update(kept)
    return answer
