"""A look at the streams that somebody follows: when another process says so, and once a second all the same."""

import asyncio
import logging
from collections.abc import Collection, Sequence

from thakur.logs.hub import LOOK, Hub, News, Subscription
from thakur.logs.store import LineStore
from thakur.logs.streams import Stream, Streams

WATCH_SECONDS = 1.0
PAGE_LINES = 1_000
log = logging.getLogger(__name__)


class Watch:
    """Reads what other processes stored, once for all readers here, and publishes it to them."""

    def __init__(self, streams: Streams, store: LineStore, hub: Hub, interval_seconds: float = WATCH_SECONDS) -> None:
        self._streams = streams
        self._store = store
        self._hub = hub
        self._interval_seconds = interval_seconds
        self._stirred: set[int] = set()
        self._is_stirred = asyncio.Event()

    def stir(self, stream_id: int) -> None:
        """There is something new in the stream: look there soon."""
        self._stirred.add(stream_id)
        self._is_stirred.set()

    async def run(self) -> None:
        """Look until canceled; costs nothing while nobody follows anything."""
        loop = asyncio.get_running_loop()
        is_failing = False
        due = loop.time()
        while True:
            try:
                async with asyncio.timeout_at(due):
                    await self._is_stirred.wait()
                wanted: set[int] | None = self._stirred
            except TimeoutError:
                wanted = None
                due = loop.time() + self._interval_seconds
            self._stirred = set()
            self._is_stirred.clear()
            try:
                await self.look(wanted)
                is_failing = False
            except Exception:  # a supervisor's loop: nobody would notice that the watch has ended
                if not is_failing:
                    log.warning("log streams cannot be watched now", exc_info=True)
                is_failing = True
                await asyncio.sleep(self._interval_seconds)

    async def look(self, wanted: Collection[int] | None = None) -> None:
        """One look at those of the `wanted` streams that somebody follows, or at all: one query, and a page where it lags."""
        followed = {
            stream_id: readers
            for stream_id, readers in self._hub.readers().items()
            if wanted is None or stream_id in wanted
        }
        if not followed:
            return
        streams = await self._streams.find(list(followed))
        for stream_id, readers in followed.items():
            if stream := streams.get(stream_id):
                await self._tell(stream, readers)
            else:
                _send_to_table(readers)

    async def _tell(self, stream: Stream, readers: Sequence[Subscription]) -> None:
        if any(reader.cleared_to is not None and reader.cleared_to < stream.cleared_number for reader in readers):
            self._hub.publish(stream.id, News(cleared_number=stream.cleared_number))
        # Whoever is still reading older pages finds the rest there; this is for those at the front.
        front = max((reader.read_to for reader in readers if reader.is_idle), default=stream.last_number)
        front = max(front, self._hub.told_to(stream.id))
        while front < stream.last_number and (lines := await self._store.page(stream, front, PAGE_LINES)):
            self._hub.publish(stream.id, News(lines=tuple(lines)))
            front = lines[-1].number
        if stream.ended_at is not None:
            self._hub.publish(stream.id, News(ended_at_number=stream.last_number))
        _send_to_table([reader for reader in readers if reader.read_to < stream.last_number])


def _send_to_table(readers: Sequence[Subscription]) -> None:
    for reader in readers:
        if reader.is_idle:
            reader.put(LOOK)
