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
    """Lines that were stored, or the number up to which the stream was cleared, or at which it has ended.

    With none of them, a hint to read the table.
    """

    lines: tuple[Line, ...] = ()
    cleared_number: int | None = None
    ended_at_number: int | None = None


LOOK = News()


class Subscription:
    """One reader's place in a stream: what waits for it, and the last number that it has read."""

    def __init__(self, read_to: int) -> None:
        self.read_to = read_to
        self.cleared_to: int | None = None
        self._waiting: deque[News] = deque()
        self._arrived = asyncio.Event()
        self._is_asking = False

    @property
    def is_idle(self) -> bool:
        """Whether it has read all that it was told of and waits for more."""
        return self._is_asking and not self._waiting

    def put(self, news: News) -> None:
        # A slow reader loses its queue, not its lines: it reads them from the table.
        if len(self._waiting) >= WAITING_BATCHES:
            self._waiting.clear()
            news = LOOK
        self._waiting.append(news)
        self._arrived.set()

    def pass_cleared(self, number: int) -> bool:
        """Lines up to `number` are gone; whether this reader has seen some of them and was not told yet."""
        # At first nobody knows what it was told before: then it goes by whether it has read on since.
        is_news = number >= self.read_to if self.cleared_to is None else number > self.cleared_to
        has_seen = self.read_to > 0
        self.cleared_to = max(number, self.cleared_to or 0)
        self.read_to = max(number, self.read_to)
        return is_news and has_seen

    async def next(self, within_seconds: float) -> News | None:
        """The next news, or None when there is none in time."""
        if not self._waiting:
            self._is_asking = True
            try:
                async with asyncio.timeout(within_seconds):
                    await self._arrived.wait()
            except TimeoutError:
                return None
            finally:
                self._is_asking = False
        news = self._waiting.popleft()
        if not self._waiting:
            self._arrived.clear()
        return news


class Hub:
    """The subscriptions of this process, by stream."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[int, set[Subscription]] = defaultdict(set)
        self._told_to: dict[int, int] = {}

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
                self._told_to.pop(stream_id, None)

    def publish(self, stream_id: int, news: News) -> None:
        """Tell every subscriber; never waits. Only what is committed may be told."""
        readers = self._subscriptions.get(stream_id)
        if not readers:
            return
        if news.lines:
            self._told_to[stream_id] = max(news.lines[-1].number, self.told_to(stream_id))
        for subscription in readers:
            subscription.put(news)

    def told_to(self, stream_id: int) -> int:
        """The number of the last line that was published to those who follow the stream now; 0 when none was."""
        return self._told_to.get(stream_id, 0)

    def readers(self) -> dict[int, tuple[Subscription, ...]]:
        """Who follows what now."""
        return {stream_id: tuple(readers) for stream_id, readers in self._subscriptions.items()}
