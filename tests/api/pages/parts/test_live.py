import asyncio
from datetime import UTC, datetime

import pytest

from thakur.api.interface import StreamsTaken
from thakur.api.pages.parts import live
from thakur.api.pages.parts.live import LivePages, event
from thakur.errors import NotFound, Unavailable
from thakur.logs import Cleared, Level, Line


def make_line(number: int) -> Line:
    return Line(number=number, at=datetime(2027, 1, 2, tzinfo=UTC), level=Level.INFO, text="hello")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.01)


async def collected(pages: LivePages, looks: list) -> list[bytes]:
    async def parts():
        found = looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    return [chunk async for chunk in pages.events(parts)]


async def test_only_what_has_changed_is_sent_again():
    events = await collected(
        LivePages(asyncio.Event()),
        [
            {"a": "<p id='a'>1</p>", "b": "x"},
            {"a": "<p id='a'>1</p>", "b": "y"},
            {"a": "<p id='a'>1</p>", "b": "y"},
            None,
        ],
    )

    assert len(events) == 3
    assert b"#a" in events[0]
    assert b"#b" in events[0]
    assert b"#a" not in events[1]
    assert b">y<" in events[1]
    assert events[2].startswith(b"event: end")


async def test_a_page_whose_subject_is_gone_ends():
    events = await collected(LivePages(asyncio.Event()), [{"a": "1"}, NotFound("gone")])

    assert events[-1].startswith(b"event: end")


async def test_a_page_outlives_a_service_that_is_away_for_a_moment():
    events = await collected(LivePages(asyncio.Event()), [{"a": "1"}, Unavailable("away"), {"a": "2"}, None])

    assert [b">2<" in chunk for chunk in events] == [False, True, False]


async def test_stopping_ends_every_stream_without_an_end_so_that_pages_come_back():
    stopping = asyncio.Event()
    pages = LivePages(stopping)

    async def parts():
        stopping.set()
        return {"a": "1"}

    async with asyncio.timeout(5):
        events = [chunk async for chunk in pages.events(parts)]

    assert not [chunk for chunk in events if b"event: end" in chunk]


async def test_lines_of_a_log_come_beside_the_parts_with_their_numbers():
    async def lines():
        yield (make_line(41), make_line(42))
        yield ()
        yield Cleared(42)

    async def parts():
        return None

    chunks = [chunk async for chunk in LivePages(asyncio.Event()).events(parts, lines())]

    assert chunks[0].startswith(b"event: log\nid: 42\ndata: <li")
    assert chunks[0].count(b"<li id=") == 2
    assert chunks[1] == b"event: cleared\ndata: 43\n\n"
    assert chunks[2].startswith(b"event: ended\n")
    assert chunks[3].startswith(b"event: end\n")


async def test_there_are_so_many_streams_and_no_more(monkeypatch):
    monkeypatch.setattr(live, "MOST_PAGES", 0)

    async def parts():
        return {}

    with pytest.raises(StreamsTaken):
        LivePages(asyncio.Event()).answer(parts)


def test_every_line_of_a_part_is_a_line_of_data():
    assert event({"a": "<p>\none</p>"}) == (
        b'data: <hx-partial hx-target="#a" hx-swap="outerMorph"><p>\ndata: one</p></hx-partial>\n\n'
    )
