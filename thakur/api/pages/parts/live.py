"""Live pages: the parts of a page that have changed, sent again by the partials that the page used."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Stream
from markupsafe import Markup

from thakur.api.events import END, PING
from thakur.api.interface import StreamsTaken
from thakur.api.pages.parts.log_view import log_event
from thakur.background import Tasks
from thakur.errors import NotFound, ThakurError
from thakur.logs import Cleared, Line

# Every part is looked at so often: a change is seen well within the second that people call at once.
LOOK_SECONDS = 0.7
PING_SECONDS = 15.0
# A reader that is slower than its log holds the log's tail back, not this process's memory.
QUEUED_MESSAGES = 32
MOST_PAGES = 500
# The page may go on changing after its log has ended.
LOG_ENDED = b"event: ended\ndata: {}\n\n"

log = logging.getLogger(__name__)

# The parts of a page by the ids of their elements; None ends the stream, because nothing on it can change any more.
Parts = Callable[[], Awaitable[Mapping[str, str] | None]]
Lines = AsyncIterator[tuple[Line, ...] | Cleared]


class LivePages:
    """The open streams of one app. Setting `stopping` ends them all; their pages come back."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._open = 0

    def answer(self, parts: Parts, lines: Lines | None = None) -> Stream:
        """The stream of one page: its parts, all of them at the beginning, and the lines of its log.

        It ends when neither can change any more. Raises StreamsTaken.
        """
        if self._open >= MOST_PAGES:
            raise StreamsTaken("Too many pages are open at once", hint="Close some, or reload in a moment.")
        return Stream(
            self.events(parts, lines),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def events(self, parts: Parts, lines: Lines | None = None) -> AsyncIterator[bytes]:
        """The messages of one stream."""
        self._open += 1
        ready: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUED_MESSAGES)
        tasks = Tasks()
        sources = [self._changes(parts)] + ([_messages(lines)] if lines is not None else [])
        for source in sources:
            tasks.spawn(_pour(source, ready), "live page")
        tasks.spawn(self._stop(ready), "stop live page")
        left = len(sources)
        try:
            while left:
                message = await _next(ready)
                if self._stopping.is_set():
                    return
                if message is None:
                    left -= 1
                else:
                    yield message
            yield END
        finally:
            self._open -= 1
            await tasks.stop()

    async def _stop(self, ready: "asyncio.Queue[bytes | None]") -> None:
        await self._stopping.wait()
        await ready.put(None)

    async def _changes(self, parts: Parts) -> AsyncIterator[bytes]:
        sent: dict[str, str] = {}
        while (shown := await _look(parts)) is not None:
            changed = {part: html for part, html in shown.items() if sent.get(part) != html}
            if changed:
                sent |= changed
                yield event(changed)
            await asyncio.sleep(LOOK_SECONDS)


async def _pour(source: AsyncIterator[bytes], ready: "asyncio.Queue[bytes | None]") -> None:
    try:
        async for message in source:
            await ready.put(message)
    except Exception as error:  # the rim of a response that has begun: its page comes back
        log.warning("live page broke", exc_info=error)
    await ready.put(None)


async def _next(ready: "asyncio.Queue[bytes | None]") -> bytes | None:
    try:
        async with asyncio.timeout(PING_SECONDS):
            return await ready.get()
    except TimeoutError:
        return PING


async def _messages(lines: Lines) -> AsyncIterator[bytes]:
    async for item in lines:
        if item:
            yield log_event(item)
    yield LOG_ENDED


Live = NamedDependency[SkipValidation[LivePages]]


def event(parts: Mapping[str, str]) -> bytes:
    """One message that puts each part in the place of the element of its id."""
    html = "".join(
        Markup('<hx-partial hx-target="#{}" hx-swap="outerMorph">{}</hx-partial>').format(part, Markup(html))  # noqa: S704
        for part, html in parts.items()
    )
    return b"".join(b"data: %b\n" % line.encode() for line in html.splitlines()) + b"\n"


async def _look(parts: Parts) -> Mapping[str, str] | None:
    try:
        return await parts()
    except NotFound:
        # What the page tells of is gone: a reload says so.
        return None
    except ThakurError as error:
        # Something is away for a moment: what the page shows stays.
        log.warning("page not brought up to date", extra={"code": error.code, "error_text": error.message})
        return {}
