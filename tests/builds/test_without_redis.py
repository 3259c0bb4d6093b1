"""Redis forgets everything, or dies: builds are some seconds late, and none is lost."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from support.build_house import BuildHouse
from support.tarballs import packed_files
from support.waiting import eventually
from thakur.background import Tasks
from thakur.db import Database
from thakur.queue import BUILDS, Queue, Worker
from thakur.settings import Settings
from thakur.stores import Stores
from thakur.stores.sockets import end_listener

SERVER = packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": ""})
LATE_SECONDS = 10.0

pytestmark = pytest.mark.walk


@pytest.fixture
async def redis_url(database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """A Valkey of its own, which is started again when it dies."""
    stores = Stores(Settings(data_dir=tmp_path / "redis", database_url=database_url))
    urls = await stores.start()
    tasks = Tasks()
    tasks.spawn(stores.keep_running(), "keep the stores running")
    yield urls.redis_url
    await tasks.stop()
    await stores.stop()


@pytest.fixture
async def house(committed_db: Database, redis_url: str, tmp_path: Path) -> AsyncIterator[BuildHouse]:
    """The room at work; wakes take the way through Redis. Its sandbox hangs until it is told."""
    queue = Queue(redis_url)
    house = BuildHouse(committed_db, tmp_path / "data", queue)
    worker = Worker(redis_url, BUILDS, house.jobs.drain, 2, (house.jobs.renew, house.jobs.sweep))
    tasks = Tasks()
    await house.logs.start()
    tasks.spawn(worker.run(), "worker")
    yield house
    await tasks.stop(20)
    await house.logs.stop()
    await queue.close()


async def queued(house: BuildHouse, *names: str) -> None:
    for name in names:
        await house.request(await house.project(name), SERVER)


async def all_heard(house: BuildHouse, builds: int) -> float:
    began = time.monotonic()
    await eventually(lambda: len(house.consumer.heard) >= builds, within_seconds=LATE_SECONDS)
    assert len({ready.build_id for ready in house.consumer.heard}) == len(house.consumer.heard) == builds
    return time.monotonic() - began


async def test_a_flush_with_queued_builds_costs_seconds(house: BuildHouse, redis_url: str) -> None:
    house.sandbox.hold()
    await queued(house, *(f"project-{number}" for number in range(6)))
    await eventually(lambda: len(house.sandbox.specs) == 2)

    async with Redis.from_url(redis_url) as redis:
        await redis.flushall()
    house.sandbox.go_on()

    print(f"six builds done {await all_heard(house, 6):.1f} s after FLUSHALL")


async def test_redis_dies_while_builds_run_and_more_are_queued(house: BuildHouse, redis_url: str) -> None:
    house.sandbox.hold()
    await queued(house, "first", "second", "third")
    await eventually(lambda: len(house.sandbox.specs) == 2)

    socket = Path(redis_url.removeprefix("unix://"))
    assert await asyncio.to_thread(end_listener, socket, signal.SIGKILL, 5)
    await queued(house, "fourth", "fifth")
    house.sandbox.go_on()

    print(f"five builds done {await all_heard(house, 5):.1f} s after Valkey was killed")
    await queued(house, "sixth")
    print(f"and the next one {await all_heard(house, 6):.1f} s after it was asked for")
