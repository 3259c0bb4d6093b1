"""Server-sent events of log lines: one event a line, one chunk a batch, ended when the process stops."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import msgspec

from thakur.background import Tasks
from thakur.logs import Line

PING = b": ping\n\n"
END = b"event: end\ndata: {}\n\n"


class EventStreams:
    """The event streams of one app. Setting `stopping` ends them all, without `end`: their readers come back later."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping

    async def events(self, newest: tuple[Line, ...], tail: AsyncIterator[tuple[Line, ...]]) -> AsyncIterator[bytes]:
        """The chunks of one stream: `newest` first, then the tail until it ends."""
        yield encoded(newest) if newest else PING
        tasks = Tasks()
        stop = tasks.spawn(self._stopping.wait(), "log stream stop")
        try:
            while True:
                batch = tasks.spawn(_next(tail), "log stream batch")
                await asyncio.wait((batch, stop), return_when=asyncio.FIRST_COMPLETED)
                # A tail that failed is in the log by now; without `end` its reader comes back.
                if not batch.done() or batch.cancelled() or batch.exception():
                    return
                lines = batch.result()
                if lines is None:
                    yield END
                    return
                yield encoded(lines) if lines else PING
        finally:
            await tasks.stop()
            if isinstance(tail, AsyncGenerator):
                await tail.aclose()


async def _next(tail: AsyncIterator[tuple[Line, ...]]) -> tuple[Line, ...] | None:
    return await anext(tail, None)


def encoded(lines: tuple[Line, ...]) -> bytes:
    """The events of a batch; a line's number is its event's id."""
    return b"".join(b"id: %d\ndata: %b\n\n" % (line.number, msgspec.json.encode(line)) for line in lines)
