"""Faults on demand: the next questions that match are answered as they say."""

import asyncio
import json
import socket
import struct
from dataclasses import dataclass, field

from aiohttp import web

from thakur.fakegithub.door.answers import DOCUMENTATION


@dataclass
class Fault:
    """What becomes of `times` questions whose method and path hold `match`; a `$` at its end is the path's.

    After the delay, if there is one, the connection is reset, or the answer is this status, or the true one is cut off after
    so many bytes, or, if nothing of that is said, it is the true one.
    """

    match: str
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Server Error"
    body: str | None = None
    delay_seconds: float = 0.0
    is_reset: bool = False
    truncate_bytes: int | None = None

    def answer(self) -> web.Response:
        """With its body as it is, or GitHub's form of a message."""
        if self.body is not None:
            return web.Response(status=self.status, text=self.body, headers=self.headers)
        told = {"message": self.message, "documentation_url": DOCUMENTATION, "status": str(self.status)}
        text = json.dumps(told)
        return web.Response(status=self.status, text=text, content_type="application/json", headers=self.headers)


class Faults:
    """Those that are still to happen, and every question that was asked of the API."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, request: web.Request) -> Fault | None:
        """Note the question; returns what is to happen to it."""
        asked = f"{request.method} {request.path}"
        self.asked.append(asked)
        for fault in self._waiting:
            if fault.times > 0 and fault.match in f"{asked}$":
                fault.times -= 1
                return fault
        return None


async def delay(fault: Fault) -> None:
    """Say nothing for as long."""
    if fault.delay_seconds:
        await asyncio.sleep(fault.delay_seconds)


def reset(request: web.Request) -> web.Response:
    """The connection ends with a RST, before any answer."""
    if request.transport is not None:
        sock: socket.socket = request.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response(status=500)


async def truncated(request: web.Request, answer: web.StreamResponse, size: int) -> web.StreamResponse:
    """The beginning of the answer, which had announced all of itself; then the connection ends."""
    whole = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
    part = web.StreamResponse(status=answer.status, headers=answer.headers)
    part.content_length = len(whole)
    await part.prepare(request)
    await part.write(whole[:size])
    if request.transport is not None:
        request.transport.close()
    return part
