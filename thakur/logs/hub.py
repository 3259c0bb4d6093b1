"""Fan-out inside one process: whoever stores lines publishes, whoever follows a stream subscribes.

News may be lost or come twice: the table is the truth, and a reader that finds a hole reads there.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from thakur.logs.interface import Line

WAITING_BATCHES = 64


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Lines that were stored, or the number at which the stream has ended; with neither, a hint to read the table."""

    lines: tuple[Line, ...] = ()
    ended_at_number: int | None = None


LOOK = News()


class Subscription:
    """One reader's place in a stream: what waits for it, and the last number that it has read."""

    def __init__(self, read_to: int) -> None:
        self.read_to = read_to
        self._waiting: deque[News] = deque()
        self._arrived = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        return not self._waiting

    def put(self, news: News) -> None:
        # A slow reader loses its queue, not its lines: it reads them from the table.
        if len(self._waiting) >= WAITING_BATCHES:
            self._waiting.clear()
            news = LOOK
        self._waiting.append(news)
        self._arrived.set()

    async def next(self, within_seconds: float) -> News | None:
        """The next news, or None when there is none in time."""
        if not self._waiting:
            try:
                async with asyncio.timeout(within_seconds):
                    await self._arrived.wait()
            except TimeoutError:
                return None
        news = self._waiting.popleft()
        if not self._waiting:
            self._arrived.clear()
        return news


class Hub:
    """The subscriptions of this process, by stream."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[int, set[Subscription]] = defaultdict(set)

    @contextmanager
    def subscribe(self, stream_id: int, read_to: int) -> Iterator[Subscription]:
        """Hear the news of a stream for the length of the block. Subscribe first, then read the table: no gap between."""
        subscription = Subscription(read_to)
        self._subscriptions[stream_id].add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[stream_id].discard(subscription)
            if not self._subscriptions[stream_id]:
                del self._subscriptions[stream_id]

    def publish(self, stream_id: int, news: News) -> None:
        """Tell every subscriber; never waits. Only what is committed may be told."""
        for subscription in self._subscriptions.get(stream_id, ()):
            subscription.put(news)

    def readers(self) -> dict[int, tuple[Subscription, ...]]:
        """Who follows what now."""
        return {stream_id: tuple(readers) for stream_id, readers in self._subscriptions.items()}
