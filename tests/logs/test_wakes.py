"""Tests of wakes between processes."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis

from support.waiting import eventually
from thakur.background import Tasks
from thakur.logs import wakes as wakes_module
from thakur.logs.wakes import CHANNEL, Wakes

NOWHERE = "redis://127.0.0.1:9"


class Process:
    """One process's wakes, and what it heard."""

    def __init__(self, redis_url: str) -> None:
        self.heard: list[int] = []
        self.tasks = Tasks()
        self.wakes = Wakes(redis_url, self.heard.append, self.tasks)
        self.tasks.spawn(self.wakes.run(), "wakes")

    async def stop(self) -> None:
        await self.tasks.stop()
        await self.wakes.close()


@pytest.fixture
async def process(redis_url: str) -> AsyncIterator[Callable[[], Process]]:
    made: list[Process] = []

    def make(url: str = redis_url) -> Process:
        made.append(Process(url))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def listeners(redis: Redis) -> int:
    return int((await redis.pubsub_numsub(CHANNEL))[0][1])


async def published(redis: Redis) -> int:
    return int((await redis.info("commandstats")).get("cmdstat_publish", {}).get("calls", 0))


async def listening(redis: Redis, count: int) -> None:
    async def are_there() -> bool:
        return await listeners(redis) == count

    await eventually(are_there)


async def test_other_processes_hear_of_a_stream_and_the_writer_does_not(process: Callable[[], Process], redis: Redis):
    writer, one, two = process(), process(), process()
    await listening(redis, 3)

    writer.wakes.send(7)
    one.wakes.send(8)

    await eventually(lambda: (writer.heard, one.heard, sorted(two.heard)) == ([8], [7], [7, 8]))


async def test_a_process_has_one_subscription_however_many_streams_it_follows(
    process: Callable[[], Process], redis: Redis
):
    writer, reader = process(), process()
    await listening(redis, 2)

    for stream_id in range(50):
        writer.wakes.send(stream_id)

    await eventually(lambda: sorted(reader.heard) == list(range(50)))
    assert await listeners(redis) == 2


async def test_alone_it_sends_once_a_second_however_much_is_stored(
    process: Callable[[], Process], redis: Redis, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wakes_module, "ALONE_SECONDS", 0.2)
    writer = process()
    await listening(redis, 1)
    before = await published(redis)

    for _ in range(30):
        writer.wakes.send(1)
        await asyncio.sleep(0)
    await eventually(lambda: writer.wakes._sending is not None and writer.wakes._sending.done())

    assert await published(redis) - before <= 2
    assert writer.heard == []


async def test_a_stranger_s_message_is_passed_over(process: Callable[[], Process], redis: Redis):
    writer, reader = process(), process()
    await listening(redis, 2)

    await redis.publish(CHANNEL, b"not a wake")
    writer.wakes.send(3)

    await eventually(lambda: reader.heard == [3])


async def test_a_listener_that_was_cut_off_comes_back(
    process: Callable[[], Process], redis: Redis, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wakes_module, "SHORTEST_BACKOFF_SECONDS", 0.01)
    writer, reader = process(), process()
    await listening(redis, 2)

    await redis.client_kill_filter(_type="pubsub", skipme=True)

    await listening(redis, 2)
    writer.wakes.send(4)
    await eventually(lambda: reader.heard == [4])


async def test_a_redis_that_is_away_is_told_once_and_holds_nobody_up(
    process: Callable[[str], Process], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wakes_module, "SHORTEST_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(wakes_module, "ALONE_SECONDS", 0.01)
    alone = process(NOWHERE)

    for _ in range(5):
        alone.wakes.send(1)
        await eventually(lambda: alone.wakes._sending is not None and alone.wakes._sending.done())

    await eventually(lambda: caplog.records)
    assert [record.message for record in caplog.records] == ["redis is away, log streams are looked at by the second"]
