"""A wake reaches a worker, and an absent Redis costs nothing but time."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

import thakur.queue
from support.waiting import eventually
from thakur.background import Tasks
from thakur.queue import Queue, QueueUnavailable, Worker

NOWHERE = "redis://127.0.0.1:9"


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[Queue]:
    queue = Queue(redis_url)
    yield queue
    await queue.close()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


@pytest.fixture
def without_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thakur.queue, "POLL_SECONDS", 3600)


async def test_a_wake_makes_the_worker_drain(queue: Queue, redis_url: str, tasks: Tasks, without_looking: None) -> None:
    drained: list[str] = []

    async def drain() -> None:
        drained.append("drained")

    tasks.spawn(Worker(redis_url, "woken", drain, max_jobs=2).run(), name="worker")
    await eventually(lambda: drained == ["drained"])  # the first look, at the start

    await queue.wake("woken")

    await eventually(lambda: len(drained) == 2)


async def test_a_wake_of_one_queue_leaves_the_others_alone(
    queue: Queue, redis_url: str, tasks: Tasks, without_looking: None
) -> None:
    drained: list[str] = []

    async def drain_builds() -> None:
        drained.append("builds")

    async def drain_rollouts() -> None:
        drained.append("rollouts")

    tasks.spawn(Worker(redis_url, "builds", drain_builds, max_jobs=1).run(), name="builds")
    tasks.spawn(Worker(redis_url, "rollouts", drain_rollouts, max_jobs=1).run(), name="rollouts")
    await eventually(lambda: len(drained) == 2)

    await queue.wake("rollouts")

    await eventually(lambda: len(drained) == 3)
    assert drained[2] == "rollouts"


async def test_no_more_drains_run_at_once_than_there_are_slots(
    queue: Queue, redis_url: str, tasks: Tasks, without_looking: None
) -> None:
    running = most = ended = 0
    go_on = asyncio.Event()

    async def drain() -> None:
        nonlocal running, most, ended
        running += 1
        most = max(most, running)
        await go_on.wait()
        running -= 1
        ended += 1

    tasks.spawn(Worker(redis_url, "slots", drain, max_jobs=2).run(), name="worker")
    for _ in range(6):
        await queue.wake("slots")
    await eventually(lambda: running == 2)
    go_on.set()

    # A wake that came while every slot was busy is not forgotten.
    await eventually(lambda: ended >= 3)
    assert most == 2


async def test_without_redis_the_worker_looks_by_itself(monkeypatch: pytest.MonkeyPatch, tasks: Tasks) -> None:
    monkeypatch.setattr(thakur.queue, "POLL_SECONDS", 0.02)
    drained: list[str] = []

    async def drain() -> None:
        drained.append("drained")

    tasks.spawn(Worker(NOWHERE, "alone", drain, max_jobs=1).run(), name="worker")

    await eventually(lambda: len(drained) >= 3)


async def test_the_worker_listens_again_after_redis_cut_it_off(
    queue: Queue, redis_url: str, tasks: Tasks, without_looking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thakur.queue, "SHORTEST_BACKOFF_SECONDS", 0.02)
    drained: list[str] = []

    async def drain() -> None:
        drained.append("drained")

    tasks.spawn(Worker(redis_url, "cut", drain, max_jobs=1).run(), name="worker")
    await queue.wake("cut")
    await eventually(lambda: len(drained) >= 2)
    redis = Redis.from_url(redis_url)
    await redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    await redis.aclose()
    before = len(drained)

    await queue.wake("cut")

    await eventually(lambda: len(drained) > before)


async def test_a_drain_that_fails_is_logged_once_and_tried_again(
    queue: Queue, redis_url: str, tasks: Tasks, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thakur.queue, "POLL_SECONDS", 0.02)
    tries = 0

    async def drain() -> None:
        nonlocal tries
        tries += 1
        raise ZeroDivisionError

    tasks.spawn(Worker(redis_url, "failing", drain, max_jobs=1).run(), name="worker")
    await eventually(lambda: tries >= 3)

    assert [record.message for record in caplog.records if record.name == "thakur.queue"] == ["drain failed"]


async def test_stopping_the_worker_lets_a_drain_hand_its_work_back(redis_url: str, tasks: Tasks) -> None:
    seen: list[str] = []

    async def drain() -> None:
        try:
            seen.append("claimed")
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            seen.append("handed back")

    worker = tasks.spawn(Worker(redis_url, "stopping", drain, max_jobs=1).run(), name="worker")
    await eventually(lambda: seen)
    worker.cancel()
    await asyncio.wait([worker])

    assert seen == ["claimed", "handed back"]


async def test_a_wake_without_redis_warns_once_and_raises_nothing(caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue(NOWHERE)

    await queue.wake("builds")
    await queue.wake("builds")

    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    await queue.close()


async def test_a_ping_tells_an_absent_redis_from_a_present_one(queue: Queue) -> None:
    await queue.ping()
    absent = Queue(NOWHERE)
    with pytest.raises(QueueUnavailable, match="does not answer"):
        await absent.ping()
    await absent.close()


async def test_what_is_written_to_redis_is_no_pickle(queue: Queue, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    await redis.flushdb()

    await queue.wake("unheard")

    (key,) = await redis.keys("arq:job:*")
    body = await redis.get(key)
    assert b"drain" in body
    assert not body.startswith(b"\x80\x05")
    await redis.flushdb()
    await redis.aclose()


async def test_wakes_that_nobody_heard_for_long_are_dropped(redis_url: str, tasks: Tasks) -> None:
    async def drain() -> None: ...

    redis = Redis.from_url(redis_url)
    await redis.zadd("thakur:stale", {"forgotten": 1})

    tasks.spawn(Worker(redis_url, "stale", drain, max_jobs=1).run(), name="worker")

    async def is_gone() -> bool:
        return await redis.zcard("thakur:stale") == 0

    await eventually(is_gone)
    await redis.aclose()


async def test_a_worker_of_the_same_process_is_woken_without_redis(tasks: Tasks, without_looking: None) -> None:
    drained: list[str] = []

    async def drain() -> None:
        drained.append("drained")

    queue, worker = Queue(NOWHERE), Worker(NOWHERE, "near", drain, max_jobs=1)
    queue.attach(worker)
    tasks.spawn(worker.run(), name="worker")
    await eventually(lambda: drained == ["drained"])  # the first look, at the start

    await queue.wake("near")

    await eventually(lambda: len(drained) == 2)
    await queue.close()


async def test_looks_go_on_while_every_slot_is_busy(
    queue: Queue, redis_url: str, tasks: Tasks, without_looking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thakur.queue, "LOOK_SECONDS", 3600)
    go_on, looked, busy = asyncio.Event(), 0, 0

    async def drain() -> None:
        nonlocal busy
        busy += 1
        await go_on.wait()

    async def look() -> None:
        nonlocal looked
        looked += 1

    tasks.spawn(Worker(redis_url, "looks", drain, max_jobs=1, looks=(look,)).run(), name="worker")
    await eventually(lambda: busy == 1 and looked == 1)

    await queue.wake("looks")

    await eventually(lambda: looked >= 2)
    assert busy == 1
    go_on.set()


async def test_a_look_that_finds_work_wakes_the_drains(
    redis_url: str, tasks: Tasks, without_looking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thakur.queue, "LOOK_SECONDS", 0.02)
    found: list[bool] = []
    drained = 0

    async def drain() -> None:
        nonlocal drained
        drained += 1

    async def look() -> bool:
        return bool(found and found.pop())

    tasks.spawn(Worker(redis_url, "found", drain, max_jobs=1, looks=(look,)).run(), name="worker")
    await eventually(lambda: drained == 1)
    found.append(True)

    await eventually(lambda: drained == 2)


async def test_looks_go_on_until_the_last_drain_has_ended(
    redis_url: str, without_looking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thakur.queue, "LOOK_SECONDS", 0.01)
    seen: list[str] = []

    async def drain() -> None:
        seen.append("began")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            seen.clear()
            await eventually(lambda: "looked" in seen)
            seen.append("ended")

    async def look() -> None:
        seen.append("looked")

    work = asyncio.create_task(Worker(redis_url, "handing", drain, max_jobs=1, looks=(look,)).run())
    await eventually(lambda: "began" in seen)
    work.cancel()
    await asyncio.wait([work])

    assert "ended" in seen
