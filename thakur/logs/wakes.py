"""Wakes between processes: whoever stored lines says so through Redis, and readers elsewhere look at the table.

A wake carries the numbers of streams and no line, so that Redis holds nothing of what was logged and whoever can write
there can show nobody a line of theirs. Losing one costs a second: then the watch looks by itself.
"""

import asyncio
import logging
from collections.abc import Callable
from uuid import uuid4

import msgspec
from redis.asyncio.client import PubSub

from thakur.background import Tasks
from thakur.queue import AWAY, connected

CHANNEL = "thakur:logs"
# While no other process listens, one message in so many seconds asks whether that is still so.
ALONE_SECONDS = 1.0
# A connection that says nothing for so long is asked, and given up after the same time again.
SILENCE_SECONDS = 15.0
SHORTEST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 15.0

log = logging.getLogger(__name__)


class _Wake(msgspec.Struct, frozen=True, array_like=True):
    sender: str
    stream_ids: list[int]


class Wakes:
    """One process's subscription; `on_wake` is called with the id of each stream that another process wrote to."""

    def __init__(self, redis_url: str, on_wake: Callable[[int], None], tasks: Tasks) -> None:
        self._redis = connected(redis_url)
        self._on_wake = on_wake
        self._tasks = tasks
        self._name = uuid4().hex
        self._due: set[int] = set()
        self._sending: asyncio.Task[None] | None = None
        self._is_away = False

    def send(self, stream_id: int) -> None:
        """Wake the readers of a stream in other processes; never waits."""
        self._due.add(stream_id)
        if self._sending is None or self._sending.done():
            self._sending = self._tasks.spawn(self._send_all(), "log wakes")

    async def run(self) -> None:
        """Listen until canceled."""
        backoff_seconds = SHORTEST_BACKOFF_SECONDS
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    _heed_cancellation()
                    self._is_away = False
                    backoff_seconds = SHORTEST_BACKOFF_SECONDS
                    await self._listen(channel)
            except AWAY as error:
                self._note(error)
            await asyncio.sleep(backoff_seconds)
            backoff_seconds = min(backoff_seconds * 2, LONGEST_BACKOFF_SECONDS)

    async def close(self) -> None:
        """Close every connection. May be called twice."""
        await self._redis.aclose(close_connection_pool=True)

    async def _listen(self, channel: PubSub) -> None:
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while loop.time() - heard_at < 2 * SILENCE_SECONDS:
            message = await channel.get_message(timeout=SILENCE_SECONDS)
            if message is None:
                await channel.ping()
                _heed_cancellation()
                continue
            heard_at = loop.time()
            if message["type"] == "message":
                self._take(message["data"])
        raise TimeoutError("Redis says nothing")

    def _take(self, data: bytes) -> None:
        try:
            wake = msgspec.msgpack.decode(data, type=_Wake)
        except msgspec.DecodeError:
            # Another version's, or a stranger's: the watch finds whatever it was about.
            return
        if wake.sender != self._name:
            for stream_id in wake.stream_ids:
                self._on_wake(stream_id)

    async def _send_all(self) -> None:
        while self._due:
            due, self._due = self._due, set()
            try:
                listeners = await self._redis.publish(CHANNEL, msgspec.msgpack.encode(_Wake(self._name, sorted(due))))
            except AWAY as error:
                self._note(error)
                listeners = 0
            if listeners <= 1:
                await asyncio.sleep(ALONE_SECONDS)

    def _note(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("redis is away, log streams are looked at by the second", extra={"reason": str(error)})
        self._is_away = True


def _heed_cancellation() -> None:
    # redis-py sends within asyncio.wait_for, which before Python 3.12 loses a cancellation that meets its end.
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
