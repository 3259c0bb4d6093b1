"""Tests of the fan-out inside a process."""

import asyncio
from datetime import UTC, datetime

from support.waiting import eventually
from thakur.logs import Level, Line
from thakur.logs.hub import LOOK, WAITING_BATCHES, Hub, News

SECONDS = 1.0


def news(number: int) -> News:
    return News(lines=(Line(number=number, at=datetime.now(UTC), level=Level.INFO, text="x"),))


async def test_every_subscriber_of_a_stream_hears_its_news_in_order():
    hub = Hub()
    with hub.subscribe(1, 0) as one, hub.subscribe(1, 0) as two, hub.subscribe(2, 0) as other:
        first, second = news(1), news(2)
        hub.publish(1, first)
        hub.publish(1, second)

        for place in (one, two):
            assert [await place.next(SECONDS), await place.next(SECONDS)] == [first, second]
        assert await other.next(0.01) is None


async def test_a_slow_reader_is_sent_to_the_table():
    hub = Hub()
    with hub.subscribe(1, 0) as place:
        for number in range(WAITING_BATCHES + 1):
            hub.publish(1, news(number))

        assert await place.next(SECONDS) is LOOK
        assert await place.next(0.01) is None


async def test_whoever_has_left_is_forgotten():
    hub = Hub()
    with hub.subscribe(1, 0):
        assert list(hub.readers()) == [1]

    hub.publish(1, news(1))

    assert hub.readers() == {}


async def test_a_reader_is_idle_only_while_it_waits():
    hub = Hub()
    with hub.subscribe(1, 0) as place:
        assert not place.is_idle
        waiting = asyncio.ensure_future(place.next(SECONDS))
        await eventually(lambda: place.is_idle)

        hub.publish(1, news(1))

        assert not place.is_idle
        await waiting
        assert not place.is_idle


async def test_the_hub_knows_how_far_it_told_while_somebody_follows():
    hub = Hub()
    hub.publish(1, news(4))
    assert hub.told_to(1) == 0
    with hub.subscribe(1, 0):
        hub.publish(1, news(6))
        hub.publish(1, news(5))
        assert hub.told_to(1) == 6

    assert hub.told_to(1) == 0
