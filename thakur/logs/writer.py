"""The pen of a build stream: takes lines at once, stores them in the background, in order."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from uuid import uuid4

from thakur.background import Tasks
from thakur.db import DatabaseUnavailable
from thakur.logs.cutting import LineCutter, lines_of
from thakur.logs.interface import BUILD_BYTES, BUILD_LINES, Entry, Level, StreamNotFound
from thakur.security import Redactor

FLUSH_SECONDS = 0.1
FLUSH_LINES = 1_000
FLUSH_BYTES = 256 * 1024
FLUSH_WAIT_SECONDS = 60.0
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

log = logging.getLogger(__name__)

# Stores entries of a stream for a source that has sent so many before; the same call again changes nothing.
StoreBatch = Callable[[int, Sequence[Entry], str, int], Awaitable[object]]


class Pen:
    """Implements StreamWriter. What waits in memory is bounded by what a build's log may hold."""

    def __init__(self, stream_id: int, store: StoreBatch, tasks: Tasks, redactor: Redactor | None = None) -> None:
        self._stream_id = stream_id
        self._store = store
        self._tasks = tasks
        self._source = f"pen-{uuid4().hex}"
        # Secrets go before lines are cut: a cut through the middle of one would hide it from the redactor.
        self._redactor = redactor or Redactor(())
        self._redacted = self._redactor.stream()
        self._cutter = LineCutter()

        # What waits, and what went before it.
        self._waiting: deque[Entry] = deque()
        self._stored_lines = 0
        self._fresh_bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._is_due = asyncio.Event()
        self._turn = asyncio.Lock()

        # How much output was taken: beyond the limits the store would drop it, so it is not even kept waiting.
        self._output_lines = 0
        self._output_bytes = 0
        self._is_full = False

    def write(self, text: str, level: Level = Level.INFO) -> None:
        self._end_output()
        self._add(lines_of(self._redactor.redact_text(text)), level)

    def output(self, data: bytes) -> None:
        if not self._is_full:
            self._add(self._cutter.feed(self._redacted.feed(data)), Level.INFO)

    async def flush(self) -> None:
        self._end_output()
        target = self._stored_lines + len(self._waiting)
        try:
            async with asyncio.timeout(FLUSH_WAIT_SECONDS):
                while self._stored_lines < target and self._waiting:
                    await self._store_next()
        except TimeoutError as error:
            raise DatabaseUnavailable(f"The log could not be stored within {FLUSH_WAIT_SECONDS:g} s") from error

    def _end_output(self) -> None:
        self._add(self._cutter.feed(self._redacted.rest()), Level.INFO)
        self._add(self._cutter.rest(), Level.INFO)

    def _add(self, lines: list[str], level: Level) -> None:
        now = datetime.now(UTC)
        for line in lines:
            if level is Level.INFO and not self._takes_output(line):
                break
            self._waiting.append(Entry(line, level, now))
            self._fresh_bytes += len(line)
        if len(self._waiting) >= FLUSH_LINES or self._fresh_bytes >= FLUSH_BYTES:
            self._is_due.set()
        if self._waiting and (self._task is None or self._task.done()):
            self._task = self._tasks.spawn(self._store_all(), f"log pen {self._stream_id}")

    def _takes_output(self, line: str) -> bool:
        if self._is_full:
            return False
        self._output_lines += 1
        self._output_bytes += len(line.encode())
        # The first line beyond the limit is still sent: the store turns it into the line that says so.
        self._is_full = self._output_lines > BUILD_LINES or self._output_bytes > BUILD_BYTES
        return True

    async def _store_all(self) -> None:
        while self._waiting:
            try:
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._is_due.wait()
            except TimeoutError:
                pass
            await self._store_next()

    async def _store_next(self) -> None:
        async with self._turn:
            batch = list(islice(self._waiting, FLUSH_LINES))
            self._fresh_bytes = 0
            if len(self._waiting) <= FLUSH_LINES:
                self._is_due.clear()
            try:
                await self._store_surely(batch)
            except StreamNotFound:
                log.info("log stream is gone, its lines are dropped", extra={"stream_id": self._stream_id})
                self._waiting.clear()
                return
            for _ in batch:
                self._waiting.popleft()
            self._stored_lines += len(batch)

    async def _store_surely(self, batch: list[Entry]) -> None:
        attempt = 0
        while True:
            try:
                await self._store(self._stream_id, batch, self._source, self._stored_lines)
            except DatabaseUnavailable:
                if attempt == 0:
                    log.warning("log lines wait for the database", exc_info=True, extra={"stream_id": self._stream_id})
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
            else:
                return
