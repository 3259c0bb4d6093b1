"""Tests of following a stream."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy import text

from support.waiting import eventually
from thakur.db import Database
from thakur.logs import Cleared, Entry, Line, StreamNotFound
from thakur.logs.hub import LOOK, Hub, News
from thakur.logs.pages import PAGE_LINES, Pages
from thakur.logs.store import LineStore
from thakur.logs.streams import Streams
from thakur.logs.tail import follow


class Stage:
    """A stream with its hub, and no watch: what is not told is not heard."""

    def __init__(self, db: Database) -> None:
        self.hub = Hub()
        self.streams = Streams(db)
        self.store = LineStore(db)
        self.stream_id = 0

    def tail(self, after: int = 0, idle_seconds: float = 5.0) -> Any:
        return follow(Pages(self.streams, self.store), self.hub, self.stream_id, after, idle_seconds)

    async def add(self, count: int) -> News:
        """Store lines and tell nobody yet."""
        return News(lines=(await self.store.add_to_build(self.stream_id, [Entry("x")] * count)).lines)

    async def end(self) -> News:
        return News(ended_at_number=await self.streams.end(self.stream_id))

    def tell(self, *news: News) -> None:
        for one in news:
            self.hub.publish(self.stream_id, one)


@pytest.fixture
async def stage(committed_db: Database, owner: Any) -> Stage:
    made = Stage(committed_db)
    made.stream_id = await made.streams.open_build(owner.project_id, 1)
    return made


def numbers(batch: tuple[Line, ...]) -> list[int]:
    return [line.number for line in batch]


async def test_what_is_stored_comes_first_in_pages(stage: Stage):
    await stage.add(PAGE_LINES + 1)

    async with aclosing(stage.tail(after=10)) as tail:
        assert numbers(await anext(tail)) == list(range(11, PAGE_LINES + 2))

    async with aclosing(stage.tail()) as tail:
        assert numbers(await anext(tail)) == list(range(1, PAGE_LINES + 1))
        assert numbers(await anext(tail)) == [PAGE_LINES + 1]


async def test_a_tail_of_an_ended_stream_ends_after_the_last_line(stage: Stage):
    await stage.add(3)
    await stage.end()

    assert [numbers(batch) async for batch in stage.tail()] == [[1, 2, 3]]
    assert [batch async for batch in stage.tail(after=3)] == []
    assert [batch async for batch in stage.tail(after=99)] == []


async def test_news_that_comes_twice_or_overlaps_is_given_once(stage: Stage):
    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert await anext(tail) == ()
        first, second = await stage.add(2), await stage.add(2)
        stage.tell(first, first, News(lines=first.lines + second.lines), first)

        assert [numbers(await anext(tail)), numbers(await anext(tail))] == [[1, 2], [3, 4]]
        assert await anext(tail) == ()


async def test_a_hole_is_healed_from_the_table(stage: Stage):
    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert await anext(tail) == ()
        await stage.add(2)
        stage.tell(await stage.add(2))

        assert numbers(await anext(tail)) == [1, 2, 3, 4]


async def test_news_that_comes_in_the_wrong_order_is_put_right(stage: Stage):
    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert await anext(tail) == ()
        first, second = await stage.add(2), await stage.add(2)
        stage.tell(second, first)

        assert numbers(await anext(tail)) == [1, 2, 3, 4]
        assert await anext(tail) == ()


async def test_lines_that_come_between_the_table_and_the_first_news_are_not_lost(stage: Stage):
    tail = stage.tail()
    await stage.add(1)
    async with aclosing(tail):
        assert numbers(await anext(tail)) == [1]
        stage.tell(await stage.add(1))
        assert numbers(await anext(tail)) == [2]


async def test_a_waiting_tail_ends_when_it_is_told_of_the_end(stage: Stage):
    async with aclosing(stage.tail()) as tail:
        ending = asyncio.ensure_future(anext(tail, "end"))
        await eventually(stage.hub.readers)
        last = await stage.add(1)
        stage.tell(last, await stage.end())

        assert numbers(await ending) == [1]
        assert await anext(tail, "end") == "end"


async def test_the_end_waits_for_lines_that_were_not_told(stage: Stage):
    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert await anext(tail) == ()
        await stage.add(3)
        stage.tell(await stage.end())

        assert [numbers(batch) async for batch in tail] == [[1, 2, 3]]


async def test_a_hint_makes_the_tail_look(stage: Stage):
    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert await anext(tail) == ()
        await stage.add(1)
        stage.tell(LOOK)

        assert numbers(await anext(tail)) == [1]


async def test_a_waiting_tail_shows_that_it_lives(stage: Stage):
    async with aclosing(stage.tail(idle_seconds=0.01)) as tail:
        assert [await anext(tail) for _ in range(3)] == [(), (), ()]


async def test_lines_that_were_cleared_are_no_hole_to_wait_for(committed_db: Database, stage: Stage):
    await stage.add(5)
    async with committed_db.session() as session:
        await session.execute(text("DELETE FROM build_lines"))

    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert await anext(tail) == ()
        stage.tell(await stage.add(1))
        assert numbers(await anext(tail)) == [6]


async def test_a_stream_that_is_gone_says_so(committed_db: Database, stage: Stage):
    with pytest.raises(StreamNotFound):
        await anext(follow(Pages(stage.streams, stage.store), stage.hub, stage.stream_id + 1, 0))

    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert await anext(tail) == ()
        async with committed_db.session() as session:
            await session.execute(text("DELETE FROM projects"))
        stage.tell(LOOK)
        with pytest.raises(StreamNotFound):
            await anext(tail)


async def test_a_tail_that_is_closed_is_forgotten(stage: Stage):
    async with aclosing(stage.tail(idle_seconds=0.01)) as tail:
        await anext(tail)
        assert stage.hub.readers()

    assert stage.hub.readers() == {}


async def test_lines_that_are_told_of_after_they_were_cleared_are_not_shown(stage: Stage):
    await stage.add(1)
    async with aclosing(stage.tail(idle_seconds=0.05)) as tail:
        assert numbers(await anext(tail)) == [1]
        late, after = await stage.add(2), await stage.add(1)
        stage.tell(News(cleared_number=3), late, after)

        assert [await anext(tail), numbers(await anext(tail))] == [Cleared(3), [4]]
