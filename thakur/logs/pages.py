"""Reading the table for many readers: the same thing once for all who ask at the same time, and few things at once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from thakur.errors import ThakurError
from thakur.logs.interface import Line
from thakur.logs.store import LineStore
from thakur.logs.streams import Stream, Streams

PAGE_LINES = 500
# A page may hold 4 MB.
KEPT_PAGES = 16
# Readers never take more than some of the connections to the database, however many they are.
READS_AT_ONCE = 4


class Pages:
    """What the readers of this process ask the table for."""

    def __init__(self, streams: Streams, store: LineStore) -> None:
        self._streams = streams
        self._store = store
        self._turns = asyncio.Semaphore(READS_AT_ONCE)
        self._kept: OrderedDict[Hashable, tuple[Line, ...]] = OrderedDict()
        self._readings: dict[Hashable, _Reading] = {}

    async def stream(self, stream_id: int) -> Stream:
        """The stream as it is now. Raises StreamNotFound."""

        async def read() -> Stream:
            # Whoever asks from here on may know of something that this reading does not see.
            self._readings.pop(stream_id, None)
            return await self._streams.get(stream_id)

        stream: Stream = await self._once(stream_id, read)
        return stream

    async def page(self, stream: Stream, after: int) -> tuple[Line, ...]:
        """The lines above `after` as far as `stream` tells of them, and maybe more; at most a page."""
        # Whoever knows of the same lines may have the same page: numbers are never used again.
        key = (stream.id, stream.cleared_number, after, min(stream.last_number, after + PAGE_LINES))

        async def read() -> tuple[Line, ...]:
            self._kept[key] = tuple(await self._store.page(stream, after, PAGE_LINES))
            if len(self._kept) > KEPT_PAGES:
                self._kept.popitem(last=False)
            return self._kept[key]

        kept: tuple[Line, ...] | None = self._kept.get(key)
        return await self._once(key, read) if kept is None else kept

    async def _once(self, key: Hashable, read: Callable[[], Awaitable[Any]]) -> Any:
        reading = self._readings.setdefault(key, _Reading())
        try:
            return await reading.outcome(read, self._turns)
        finally:
            if self._readings.get(key) is reading:
                del self._readings[key]


class _Reading:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._found: Any = None
        self._failure: ThakurError | None = None

    async def outcome(self, read: Callable[[], Awaitable[Any]], turns: asyncio.Semaphore) -> Any:
        # Whoever is first reads, the others wait; if the first leaves meanwhile, the next one does it.
        async with self._lock:
            if self._found is None and self._failure is None:
                async with turns:
                    try:
                        self._found = await read()
                    except ThakurError as failure:
                        self._failure = failure
        if self._failure is not None:
            raise self._failure
        return self._found
