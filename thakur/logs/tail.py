"""Following a stream: what is stored, then what comes, without a gap or a repeat."""

from collections.abc import AsyncIterator

from thakur.logs.hub import LOOK, Hub, News
from thakur.logs.interface import Line
from thakur.logs.store import LineStore
from thakur.logs.streams import Streams

PAGE_LINES = 500
IDLE_SECONDS = 15.0


async def follow(
    streams: Streams,
    store: LineStore,
    hub: Hub,
    stream_id: int,
    after: int,
    idle_seconds: float = IDLE_SECONDS,
) -> AsyncIterator[tuple[Line, ...]]:
    """Implement `Logs.tail`. Raises StreamNotFound, also when the stream goes while it is followed."""
    with hub.subscribe(stream_id, after) as place:
        news = LOOK
        while True:
            if _must_read_table(news, place.read_to):
                stream = await streams.get(stream_id)
                while place.read_to < stream.last_number:
                    lines = await store.page(stream, place.read_to, PAGE_LINES)
                    # No lines up to the last number: they were cleared.
                    place.read_to = lines[-1].number if lines else stream.last_number
                    if lines:
                        yield tuple(lines)
                if stream.ended_at is not None:
                    return
            elif fresh := tuple(line for line in news.lines if line.number > place.read_to):
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
