"""Wake-ups through arq: they carry nothing, and losing one costs seconds, because the database knows the work."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from arq import ArqRedis, func
from arq import Worker as ArqWorker
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from thakur.background import Tasks
from thakur.errors import Unavailable

log = logging.getLogger(__name__)

BUILDS = "builds"
ROLLOUTS = "rollouts"
WEBHOOKS = "webhooks"
REPORTS = "reports"

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
# A wake that nobody heard for so long has been overtaken by the worker's own look at the database.
WAKE_SECONDS = 60
ARQ_POLL_SECONDS = 0.2
# Drained this often without any wake, so that an absent Redis is a delay and nothing else.
POLL_SECONDS = 2.0
# Between two looks of those that look beside the drains: a lost lease and a dead worker are noticed so soon.
LOOK_SECONDS = 1.0
STOP_SECONDS = 10.0
SHORTEST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 15.0

# What a call raises while Redis does not answer.
AWAY = (RedisError, OSError, TimeoutError)


class QueueUnavailable(Unavailable):
    """Redis does not answer; `reason` is in its driver's words."""

    code = "queue_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Redis does not answer: {reason}")
        self.reason = reason


class Queue:
    """The sender of wake-ups."""

    def __init__(self, redis_url: str) -> None:
        self._redis = connected(redis_url)
        self._is_away = False
        self._neighbours: dict[str, Callable[[], None]] = {}

    def attach(self, worker: "Worker") -> None:
        """Wake this worker of the same process directly, without the way through Redis."""
        self._neighbours[worker.name] = worker.wake

    async def wake(self, name: str) -> None:
        """Tell the workers of queue `name` that there is work. Never raises when Redis is away."""
        if neighbour := self._neighbours.get(name):
            neighbour()
            return
        try:
            await self._redis.enqueue_job("drain", _queue_name=_key(name), _expires=WAKE_SECONDS)
        except AWAY as error:
            if not self._is_away:
                log.warning("redis is away, workers look by themselves", extra={"queue": name, "reason": str(error)})
            self._is_away = True
        else:
            self._is_away = False

    async def ping(self) -> None:
        """Ask Redis for an answer. Raises QueueUnavailable."""
        try:
            await self._redis.ping()
        except AWAY as error:
            raise QueueUnavailable(str(error)) from error

    async def close(self) -> None:
        """Close every connection. May be called twice."""
        await self._redis.aclose(close_connection_pool=True)


Drain = Callable[[], Awaitable[None]]
# Answers true when there is work because of what it did.
Look = Callable[[], Awaitable[bool | None]]


class Worker:
    """Calls `drain` at every wake and every two seconds, in at most `max_jobs` slots at a time.

    `drain` claims work until there is none. It does not run inside arq's job: arq would stop it after a timeout, run it
    twice after a crash, and lose hold of it when Redis goes away. Each of `looks` is called at every wake and every
    second, by one task of its own, also while every slot is busy and until the last one has ended.
    """

    def __init__(self, redis_url: str, name: str, drain: Drain, max_jobs: int, looks: Sequence[Look] = ()) -> None:
        self._redis_url = redis_url
        self.name = name
        self._drain = drain
        self._max_jobs = max_jobs
        self._looks = {look: asyncio.Event() for look in looks}
        self._slots = Tasks()
        self._wakes = 0
        self._changed = asyncio.Event()
        self._failing: set[Drain | Look] = set()

    async def run(self) -> None:
        """Work until canceled; a canceled drain is given time to hand its work back."""
        beside = Tasks()
        beside.spawn(self._listen(), name=f"{self.name} wakes")
        for look, woken in self._looks.items():
            beside.spawn(self._keep_looking(look, woken), name=f"{self.name} look")
        try:
            while True:
                self.wake()
                await self._fill_slots(within_seconds=POLL_SECONDS)
        finally:
            await self._slots.stop(STOP_SECONDS)
            await beside.stop()

    def wake(self) -> None:
        """There may be work."""
        self._wakes = min(self._wakes + 1, self._max_jobs)
        self._changed.set()
        for woken in self._looks.values():
            woken.set()

    async def _fill_slots(self, within_seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                while True:
                    await self._changed.wait()
                    self._changed.clear()
                    while self._wakes and len(self._slots) < self._max_jobs:
                        self._wakes -= 1
                        slot = self._slots.spawn(self._try(self._drain), name=f"{self.name} drain")
                        slot.add_done_callback(lambda _: self._changed.set())

    async def _keep_looking(self, look: Look, woken: asyncio.Event) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await woken.wait()
            woken.clear()
            if await self._try(look):
                self.wake()

    async def _try(self, work: Drain | Look) -> bool | None:
        try:
            found = await work()
        except Exception as error:  # the job shell: the next wake or the next look tries again
            if work not in self._failing:
                log.exception("drain failed", extra={"queue": self.name, "reason": str(error)})
            self._failing.add(work)
            return None
        self._failing.discard(work)
        return found

    async def _listen(self) -> None:
        backoff_seconds = SHORTEST_BACKOFF_SECONDS
        while True:
            started = time.monotonic()
            try:
                await self._listen_once()
            except AWAY as error:
                if backoff_seconds == SHORTEST_BACKOFF_SECONDS:
                    log.warning("redis is away", extra={"queue": self.name, "reason": str(error)})
            if time.monotonic() - started > LONGEST_BACKOFF_SECONDS:
                backoff_seconds = SHORTEST_BACKOFF_SECONDS
            await asyncio.sleep(backoff_seconds)
            backoff_seconds = min(backoff_seconds * 2, LONGEST_BACKOFF_SECONDS)

    async def _listen_once(self) -> None:
        redis = connected(self._redis_url)
        worker = self._arq_worker(redis)
        try:
            await redis.zremrangebyscore(_key(self.name), "-inf", (time.time() - WAKE_SECONDS) * 1000)
            await worker.main()
        finally:
            await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
            await redis.aclose(close_connection_pool=True)

    def _arq_worker(self, redis: ArqRedis) -> ArqWorker:
        async def drain(ctx: dict[Any, Any], *_: Any, **_named: Any) -> None:  # noqa: ARG001  arq passes them
            self.wake()

        return ArqWorker(
            functions=[func(drain, name="drain", keep_result=0, max_tries=1)],
            queue_name=_key(self.name),
            redis_pool=redis,
            handle_signals=False,
            poll_delay=ARQ_POLL_SECONDS,
            keep_result=0,
            job_serializer=redis.job_serializer,
            job_deserializer=redis.job_deserializer,
            log_results=False,
        )


def connected(redis_url: str) -> ArqRedis:
    """A client whose every wait has a deadline; it connects when it is first asked something."""
    pool: ConnectionPool = ConnectionPool.from_url(
        redis_url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS
    )
    # arq's own default is pickle, which would run what a stranger writes into Redis.
    return ArqRedis(pool, job_serializer=msgspec.msgpack.encode, job_deserializer=msgspec.msgpack.decode)


def _key(name: str) -> str:
    return f"thakur:{name}"
