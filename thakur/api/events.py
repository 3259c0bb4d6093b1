"""Server-sent events of log lines: one event a line, one chunk a batch, ended when the process stops."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator

import msgspec

from thakur.api.interface import StreamsTaken
from thakur.api.lines import lines_shown
from thakur.background import Tasks
from thakur.logs import Cleared, Line

PING = b": ping\n\n"
END = b"event: end\ndata: {}\n\n"
# Each holds one of the listener's connections: some are left for whoever asks something else.
MOST_STREAMS = 3_000
KEPT_CHUNKS = 64

log = logging.getLogger(__name__)

Tail = AsyncIterator[tuple[Line, ...] | Cleared]


class EventStreams:
    """The event streams of one app. Setting `stopping` ends them all, without `end`: their readers come back later."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._tasks = Tasks()
        self._waiting: set[asyncio.Timeout] = set()
        self._open = 0
        self._chunks = _Chunks()

    def events(self, newest: tuple[Line, ...], tail: Tail) -> AsyncIterator[bytes]:
        """The chunks of one stream: `newest` first, then the tail until it ends. Raises StreamsTaken."""
        if self._open >= MOST_STREAMS:
            raise StreamsTaken("Too many logs are followed at once", hint="Try again in a moment.")
        if not len(self._tasks):
            self._tasks.spawn(self._stop(), "stop log streams")
        return self._events(newest, tail)

    async def _events(self, newest: tuple[Line, ...], tail: Tail) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            yield encoded(newest) if newest else PING
            while not self._stopping.is_set():
                item = await self._next(tail)
                if item is None:
                    yield END
                    return
                yield cleared(item) if isinstance(item, Cleared) else self._chunks.of(item) if item else PING
        except _Stopped:
            return
        finally:
            self._open -= 1
            if isinstance(tail, AsyncGenerator):
                await tail.aclose()

    async def _next(self, tail: Tail) -> tuple[Line, ...] | Cleared | None:
        try:
            async with asyncio.timeout(None) as waiting:
                self._waiting.add(waiting)
                try:
                    return await anext(tail, None)
                finally:
                    self._waiting.discard(waiting)
        except Exception as error:  # the rim of a response that has begun: without `end` its reader comes back
            if not self._stopping.is_set():
                log.warning("log stream broke", exc_info=error)
            raise _Stopped from error

    async def _stop(self) -> None:
        await self._stopping.wait()
        for waiting in self._waiting:
            waiting.reschedule(asyncio.get_running_loop().time())


class _Stopped(Exception):
    pass


class _Chunks:
    """The newest batches as events: readers of one stream are given the same batch one after the other."""

    def __init__(self) -> None:
        # A batch is kept with its chunk, so that its id is nobody else's meanwhile.
        self._kept: OrderedDict[int, tuple[tuple[Line, ...], bytes]] = OrderedDict()

    def of(self, lines: tuple[Line, ...]) -> bytes:
        kept = self._kept.get(id(lines))
        if kept is None:
            kept = self._kept[id(lines)] = (lines, encoded(lines))
            if len(self._kept) > KEPT_CHUNKS:
                self._kept.popitem(last=False)
        return kept[1]


def encoded(lines: tuple[Line, ...]) -> bytes:
    """The events of a batch; a line's number is its event's id."""
    return b"".join(b"id: %d\ndata: %b\n\n" % (line.number, msgspec.json.encode(line)) for line in lines_shown(lines))


def cleared(item: Cleared) -> bytes:
    """The event that lines were removed; no id, so that whoever missed it is told again."""
    return b'event: cleared\ndata: {"goes_on_from":%d}\n\n' % (item.number + 1)
