"""One call as the server sees it: an ASGI request that is read piece by piece, and the one who made it, who may leave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from thakur.background import Tasks
from thakur.errors import Malformed, TooLarge
from thakur.seam.frames import Frame, pack_frame
from thakur.seam.interface import ALIVE_SECONDS, UPLOAD_BYTES, VERSION, VERSION_HEADER, DeadlineMissed, SeamBroken

LEAVE_SECONDS = 1.0

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class CallerGone(Exception):
    """Nobody waits for the answer any more; the implementation was canceled."""


class Exchange:
    """Whoever stops waiting cancels the implementation: that is what `bounded` is for."""

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send, tasks: Tasks) -> None:
        self.path: str = scope["path"]
        self.is_post = scope["method"] == "POST"
        self._headers: dict[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        self._receive = receive
        self._send = send
        self._tasks = tasks
        self._sending = asyncio.Lock()
        self._is_read = False
        self._is_gone = False
        self._limit: asyncio.Timeout | None = None
        self._watcher: asyncio.Task[None] | None = None

    def header(self, name: str) -> str:
        return self._headers.get(name, "")

    def seconds_left(self, header: str, at_most: float | None) -> float | None:
        """Read the deadline that the caller set, and keep it below the method's own. Raises Malformed."""
        text = self.header(header)
        if not text:
            return at_most
        try:
            seconds = float(text)
        except ValueError as error:
            raise Malformed("The deadline is no number") from error
        return seconds if at_most is None else min(seconds, at_most)

    async def read(self, at_most_bytes: int) -> bytes:
        """Read the whole body. Raises TooLarge, CallerGone."""
        length = self.header("content-length")
        if length.isdecimal() and int(length) > at_most_bytes:
            raise TooLarge(f"A call's arguments are at most {at_most_bytes} bytes")
        received = bytearray()
        try:
            async for chunk in self.chunks(at_most_bytes):
                received += chunk
        except SeamBroken as error:
            raise CallerGone from error
        return bytes(received)

    async def chunks(self, at_most_bytes: int = UPLOAD_BYTES) -> AsyncIterator[bytes]:
        """Iterate over the body as it comes. Raises TooLarge, and SeamBroken when it is cut."""
        received_bytes = 0
        while not self._is_read:
            event = await self._receive()
            if event["type"] == "http.disconnect":
                self._is_read = self._is_gone = True
                raise SeamBroken("What is sent was cut before its end")
            self._is_read = not event.get("more_body", False)
            if self._is_read:
                self._watch()
            chunk: bytes = event.get("body", b"")
            received_bytes += len(chunk)
            if received_bytes > at_most_bytes:
                raise TooLarge(f"More than {at_most_bytes} bytes were sent")
            if chunk:
                yield chunk

    @asynccontextmanager
    async def bounded(self, seconds: float | None) -> AsyncIterator[None]:
        """Cancel what runs inside when time is up or the caller has left. Raises DeadlineMissed, CallerGone."""
        try:
            async with asyncio.timeout(seconds) as self._limit:
                if self._is_gone:
                    raise CallerGone
                yield
        except TimeoutError as error:
            if self._is_gone:
                raise CallerGone from error
            if self._limit is not None and self._limit.expired():
                raise DeadlineMissed(f"{self.path} took longer than {seconds:.0f} s") from error
            raise
        finally:
            self._limit = None

    async def answer(self, status: int, content: bytes) -> None:
        await self._start(status)
        await self._send({"type": "http.response.body", "body": content})

    @asynccontextmanager
    async def streaming(self) -> AsyncIterator[None]:
        """Answer with frames; a silent stream says every 15 s that it is alive."""
        await self._start(200)
        ticker = self._tasks.spawn(self._tick(), f"keep {self.path} alive")
        try:
            yield
        finally:
            ticker.cancel()

    async def frame(self, kind: Frame, content: bytes = b"") -> None:
        is_last = kind in {Frame.END, Frame.FAILED}
        async with self._sending:
            body = pack_frame(kind, content)
            await self._send({"type": "http.response.body", "body": body, "more_body": not is_last})
        # To a caller who is gone Granian "sends" without a pause: the watcher must have its turn.
        await asyncio.sleep(0)

    async def left(self) -> None:
        """Wait for the server's word that the exchange is over: a `receive` that is canceled can bring Granian down at exit."""
        if self._watcher is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._watcher, LEAVE_SECONDS)

    def _watch(self) -> None:
        self._watcher = self._tasks.spawn(self._await_leave(), f"watch the caller of {self.path}")

    async def _await_leave(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(0)

    async def _tick(self) -> None:
        while True:
            # The first one also makes the server send the head.
            await self.frame(Frame.ALIVE)
            await asyncio.sleep(ALIVE_SECONDS)

    async def _start(self, status: int) -> None:
        headers = [
            (b"content-type", b"application/x-msgpack"),
            (VERSION_HEADER.encode(), VERSION.encode()),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
