"""Following a stream: what is stored, then what comes, without a gap or a repeat."""

from collections.abc import AsyncIterator

from thakur.logs.hub import LOOK, Hub, News
from thakur.logs.interface import Cleared, Line
from thakur.logs.pages import Pages

IDLE_SECONDS = 15.0


async def follow(
    pages: Pages,
    hub: Hub,
    stream_id: int,
    after: int,
    idle_seconds: float = IDLE_SECONDS,
) -> AsyncIterator[tuple[Line, ...] | Cleared]:
    """Implement `Logs.tail`. Raises StreamNotFound, also when the stream goes while it is followed."""
    with hub.subscribe(stream_id, after) as place:
        news = LOOK
        while True:
            if _must_read_table(news, place.read_to):
                stream = await pages.stream(stream_id)
                if place.pass_cleared(stream.cleared_number):
                    yield Cleared(stream.cleared_number)
                while place.read_to < stream.last_number:
                    lines = await pages.page(stream, place.read_to)
                    # No lines up to the last number: they were cleared.
                    place.read_to = lines[-1].number if lines else stream.last_number
                    if lines:
                        yield lines
                if stream.ended_at is not None:
                    return
            elif news.cleared_number is not None:
                if place.pass_cleared(news.cleared_number):
                    yield Cleared(news.cleared_number)
            elif fresh := _fresh(news, place.read_to):
                place.read_to = fresh[-1].number
                yield fresh
            if news.ended_at_number is not None and place.read_to >= news.ended_at_number:
                return
            while (arrived := await place.next(idle_seconds)) is None:
                yield ()
            news = arrived


def _must_read_table(news: News, read_to: int) -> bool:
    if news.lines:
        return news.lines[0].number > read_to + 1
    return news is LOOK or (news.ended_at_number or 0) > read_to


def _fresh(news: News, read_to: int) -> tuple[Line, ...]:
    if news.lines and news.lines[0].number > read_to:
        # The very batch that every reader is given: whoever encodes it does so once.
        return news.lines
    return tuple(line for line in news.lines if line.number > read_to)
