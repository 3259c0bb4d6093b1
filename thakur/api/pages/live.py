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
from thakur.errors import NotFound, ThakurError

# Every part is looked at so often: a change is seen well within the second that people call at once.
LOOK_SECONDS = 0.7
PING_SECONDS = 15.0
MOST_PAGES = 500

log = logging.getLogger(__name__)

# The parts of a page by the ids of their elements; None ends the stream, because nothing on it can change any more.
Parts = Callable[[], Awaitable[Mapping[str, str] | None]]


class LivePages:
    """The open streams of one app. Setting `stopping` ends them all; their pages come back."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._open = 0

    def answer(self, parts: Parts) -> Stream:
        """The stream of one page. Everything is sent once at its beginning. Raises StreamsTaken."""
        if self._open >= MOST_PAGES:
            raise StreamsTaken("Too many pages are open at once", hint="Close some, or reload in a moment.")
        return Stream(
            self._events(parts),
            media_type="text/event-stream; charset=utf-8",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _events(self, parts: Parts) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            sent: dict[str, str] = {}
            silent_seconds = 0.0
            while not self._stopping.is_set():
                shown = await _look(parts)
                if shown is not None:
                    changed = {part: html for part, html in shown.items() if sent.get(part) != html}
                    if changed:
                        sent |= changed
                        silent_seconds = 0.0
                        yield event(changed)
                if shown is None:
                    yield END
                    return
                if silent_seconds >= PING_SECONDS:
                    silent_seconds = 0.0
                    yield PING
                silent_seconds += LOOK_SECONDS
                await self._pause()
        finally:
            self._open -= 1

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._stopping.wait()
        except TimeoutError:
            return


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
