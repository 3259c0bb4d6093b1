"""The log viewer: a stretch of a log as the page shows it, and the stretches that the page asks for later."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter
from litestar.response import Stream

from thakur.api.pages.parts.ansi import plain
from thakur.api.pages.parts.rendering import HEADERS, html, rendered
from thakur.logs import Cleared, Extent, Level, Line, Logs, Search

SHOWN_LINES = 500
# Lines around one that a link names.
BEFORE_LINE = 100
MOST_LINES = 1000
PAGE_LINES = 500

Words = Annotated[str, QueryParameter(name="q", max_length=200)]
Levels = Annotated[list[Level] | None, QueryParameter(name="level")]
At = Annotated[int | None, QueryParameter(name="line", ge=1)]
LineCount = Annotated[int, QueryParameter(ge=1, le=MOST_LINES)]


class LogView(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows of a log. `url` is where its other lines are; `first` to `last` are its numbers."""

    url: str
    lines: Sequence[Line]
    extent: Extent
    search: Search
    matches: int | None = None
    linked: int = 0
    is_live: bool = True

    @property
    def last_shown(self) -> int:
        return self.lines[-1].number if self.lines else self.extent.last


async def log_view(
    logs: Logs, stream_id: int, url: str, *, words: str, levels: list[Level] | None, line: int | None
) -> LogView:
    """The newest lines; those around `line` if one is named; or the first that match a search."""
    extent = await logs.extent(stream_id)
    search = search_of(words, levels)
    if not search.is_everything:
        found = await logs.search(stream_id, search, 0, MOST_LINES)
        return LogView(
            url=url,
            lines=found.lines,
            extent=extent,
            search=search,
            matches=found.matches,
            is_live=not extent.has_ended,
        )
    lines = (
        await logs.last(stream_id, SHOWN_LINES)
        if line is None
        else await logs.page(stream_id, max(0, line - BEFORE_LINE), SHOWN_LINES)
    )
    return LogView(url=url, lines=lines, extent=extent, search=search, linked=line or 0, is_live=not extent.has_ended)


async def log_lines(
    request: Request[Any, Any, Any],
    logs: Logs,
    stream_id: int,
    *,
    words: str,
    levels: list[Level] | None,
    after: int,
    limit: int,
) -> Response[bytes]:
    """A stretch of lines by the page's own partial; headers tell the log's numbers."""
    extent = await logs.extent(stream_id)
    search = search_of(words, levels)
    told = {"thakur-first": str(extent.first), "thakur-last": str(extent.last)}
    if search.is_everything:
        lines: Sequence[Line] = await logs.page(stream_id, after, limit)
    else:
        found = await logs.search(stream_id, search, after, limit)
        lines = found.lines
        told["thakur-matches"] = str(found.matches)
    return html(request, rendered_lines(lines), headers=told)


async def download(logs: Logs, stream_id: int, name: str) -> Stream:
    """The whole log as text: time, level, text."""

    async def chunks() -> AsyncIterator[bytes]:
        after = 0
        while lines := await logs.page(stream_id, after, PAGE_LINES):
            after = lines[-1].number
            yield "".join(
                f"{line.at.isoformat(timespec='milliseconds')} {line.level} {plain(line.text)}\n" for line in lines
            ).encode("utf-8", "replace")

    return Stream(
        chunks(),
        media_type="text/plain",
        headers=HEADERS | {"content-disposition": f'attachment; filename="{name}"'},
    )


def search_of(words: str, levels: list[Level] | None) -> Search:
    """What the address asks for; no level is every level."""
    return Search(words=words, levels=tuple(levels) if levels else tuple(Level))


def log_event(item: tuple[Line, ...] | Cleared) -> bytes:
    """A batch of lines as one message, whose id is the last one's number; or that lines were removed."""
    if isinstance(item, Cleared):
        return b"event: cleared\ndata: %d\n\n" % (item.number + 1)
    html = rendered_lines(item)
    data = b"".join(b"data: %b\n" % line.encode("utf-8", "replace") for line in html.splitlines())
    return b"event: log\nid: %d\n%b\n" % (item[-1].number, data)


def rendered_lines(lines: Sequence[Line]) -> str:
    """The lines by the partial that every stretch uses."""
    return rendered("logs/_lines.html", {"lines": lines, "linked": 0}) if lines else ""


def last_event(request: Request[Any, Any, Any], after: int) -> int:
    """From where a stream goes on: the last line that its reader has seen."""
    sent = request.headers.get("last-event-id", "")
    return int(sent) if sent.isdecimal() else after
