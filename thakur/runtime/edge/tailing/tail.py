"""From a replica's log file to the log sink: every line once, in order, also when the sink is away."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from thakur.background import Tasks
from thakur.logs import LINE_BYTES, Entry, Level, LogSink, SourceBatch
from thakur.runtime.edge.replicas.backoff import backoff_seconds
from thakur.runtime.edge.replicas.homes import Home
from thakur.runtime.edge.tailing.growing import GrowingFile
from thakur.security import Redactor

POLL_SECONDS = 0.1
UNFINISHED_LINE_SECONDS = 1.0
FIRST_RETRY_SECONDS = 0.1
LAST_RETRY_SECONDS = 5.0
READ_BYTES = 256 * 1024
BATCH_LINES = 1000
LAST_LINES = 50
LAST_LINES_BYTES = 64 * 1024
TOLD_EVERY_SECONDS = 60.0
NO_SECRETS = Redactor(())

log = logging.getLogger(__name__)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Whose lines they are. `name` is never used again for another file: the sink counts its bytes."""

    stream_id: int
    name: str
    deployment_id: int
    edge_id: int
    replica: int


class Tail:
    """Follows one replica's two files: its output, and notices, which are Thakur's own words about it.

    Secrets reach neither the sink nor the notices, and stay in the output only until its lines are stored. Output that
    comes faster than it is stored is cut off at the front, and a line tells how much that was.
    """

    def __init__(
        self, home: Home, origin: Origin, sink: LogSink, tasks: Tasks, redactor: Redactor = NO_SECRETS
    ) -> None:
        self._notices_path = home.notices
        self._redactor = redactor
        self._output = _FileTail(home.output, origin, sink, _output_entry, redactor)
        notices = msgspec.structs.replace(origin, name=f"{origin.name}/notices")
        self._notices = _FileTail(home.notices, notices, sink, _notice_entry)
        self._origin = origin
        self._is_ending = asyncio.Event()
        self._following = tasks.spawn(self._follow(), f"tail {origin.name}")

    def say(self, text: str, level: Level = Level.DEPLOY) -> None:
        """A line of Thakur's own, after everything that the replica has written so far."""
        entry = Entry(self._redactor.redact_text(text), level, datetime.now(UTC))
        try:
            with self._notices_path.open("ab") as file:
                file.write(msgspec.json.encode(entry) + b"\n")
        except OSError as error:
            log.warning("notice not written", exc_info=error, extra={"source": self._origin.name})

    async def finish(self, within_seconds: float) -> None:
        """Read to the end and stop. Nothing may write any more. May be called twice."""
        self._is_ending.set()
        if not self._following.done():
            await asyncio.wait({self._following}, timeout=within_seconds)
        if not self._following.done():
            self._following.cancel()
            log.warning("log lines not stored in time", extra={"source": self._origin.name})

    async def _follow(self) -> None:
        failures = 0
        while True:
            is_ending = self._is_ending.is_set()
            try:
                has_moved = await self._turn(is_last=is_ending)
                failures = 0
            except Exception as error:
                # A supervisor's loop: whatever the sink has, the lines wait here.
                failures += 1
                if failures == 1:
                    log.warning("log sink failed", exc_info=error, extra={"source": self._origin.name})
                await self._wait(backoff_seconds(failures, FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS))
                continue
            if is_ending and not has_moved:
                return
            # Also when there is more: a flood may have its share of this process, and no more.
            await self._pause()

    async def _turn(self, *, is_last: bool) -> bool:
        # Notices are looked at first and stored last: what the replica wrote before one comes before it.
        notices = self._notices.read()
        await self._output.shorten()
        has_moved = await self._output.store(self._output.read(), is_last=is_last)
        return await self._notices.store(notices, is_last=is_last) or has_moved

    async def _wait(self, seconds: float) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            await self._output.shorten()
            await asyncio.sleep(min(left, POLL_SECONDS))

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._is_ending.wait()
        except TimeoutError:
            return


class _FileTail:
    def __init__(
        self,
        path: Path,
        origin: Origin,
        sink: LogSink,
        entry: Callable[[bytes], Entry],
        redactor: Redactor = NO_SECRETS,
    ) -> None:
        self._file = GrowingFile(path)
        self._origin = origin
        self._sink = sink
        self._entry = entry
        self._redactor = redactor
        self._offset = 0
        self._unfinished_at = (-1, 0.0)
        self._lost = _Lost()

    def read(self) -> tuple[int, bytes]:
        return self._file.read(self._offset, READ_BYTES)

    async def shorten(self) -> None:
        if self._file.is_too_long:
            await asyncio.to_thread(self._file.shorten, self._offset)

    async def store(self, piece: tuple[int, bytes], *, is_last: bool) -> bool:
        begin, data = piece
        if not data:
            return False
        if begin > self._offset:
            # The rest of a line that was cut through: what is left of a secret in it would not be known.
            begin += data.find(b"\n") + 1 or len(data)
            data = data[begin - piece[0] :]
        is_end = is_last or self._has_waited(begin, data)
        if is_end and not is_last:
            # What could be the beginning of a secret waits on.
            data = data[: self._redactor.cut(data, data.rfind(b"\n") + 1, len(data))]
        lines, used = cut_lines(data, is_end=is_end, redactor=self._redactor)
        if not lines and begin == self._offset:
            return False
        lost_bytes, told = self._lost.told(begin - self._offset)
        following = await self._sink.store(
            SourceBatch(
                stream_id=self._origin.stream_id,
                source=self._origin.name,
                deployment_id=self._origin.deployment_id,
                edge_id=self._origin.edge_id,
                replica=self._origin.replica,
                offset_bytes=self._offset,
                next_offset_bytes=begin + used,
                entries=(*told, *(self._entry(self._redactor.redact(line)) for line in lines)),
            ),
        )
        self._hide_secrets(begin, data[: max(0, following - begin)])
        if following == begin + used:
            self._lost.count(lost_bytes, is_told=bool(told))
        has_moved = following != self._offset
        self._offset = following
        return has_moved

    def _hide_secrets(self, position: int, stored: bytes) -> None:
        for begin, end in self._redactor.found(stored):
            self._file.overwrite(position + begin, b"*" * (end - begin))

    def _has_waited(self, begin: int, data: bytes) -> bool:
        now = asyncio.get_running_loop().time()
        start = begin + data.rfind(b"\n") + 1
        if self._unfinished_at[0] != start:
            self._unfinished_at = (start, now)
        return now - self._unfinished_at[1] >= UNFINISHED_LINE_SECONDS


class _Lost:
    """Output that was cut off before anybody read it: counted, and told once a minute."""

    def __init__(self) -> None:
        self._bytes = 0
        self._told_at = -TOLD_EVERY_SECONDS

    def told(self, more_bytes: int) -> tuple[int, tuple[Entry, ...]]:
        now = asyncio.get_running_loop().time()
        lost_bytes = self._bytes + more_bytes
        if not lost_bytes or now - self._told_at < TOLD_EVERY_SECONDS:
            return lost_bytes, ()
        text = f"{lost_bytes / 1e6:,.1f} MB of output are missing here: it came faster than it could be stored."
        return lost_bytes, (Entry(text, Level.WARNING, datetime.now(UTC)),)

    def count(self, lost_bytes: int, *, is_told: bool) -> None:
        self._bytes = 0 if is_told else lost_bytes
        if is_told:
            self._told_at = asyncio.get_running_loop().time()


def cut_lines(data: bytes, *, is_end: bool, redactor: Redactor = NO_SECRETS) -> tuple[list[bytes], int]:
    """The lines of `data` and how many bytes they took; a line that is too long is cut into several, through no secret.

    A last line without its end counts only when `is_end`.
    """
    lines: list[bytes] = []
    start = 0
    while start < len(data) and len(lines) < BATCH_LINES:
        end = data.find(b"\n", start, start + LINE_BYTES + 1)
        following = end + 1
        if end < 0 and len(data) - start > LINE_BYTES:
            wanted = _character_start(data, start + LINE_BYTES)
            safe = redactor.cut(data, start, wanted)
            end = following = safe if safe > start else max(wanted, redactor.end(data, start))
        elif end < 0 and is_end:
            end = following = len(data)
        elif end < 0:
            break
        lines.append(data[start:end])
        start = following
    return lines, start


def last_lines(path: Path, redactor: Redactor = NO_SECRETS, begin: int = 0) -> tuple[str, ...]:
    """The newest lines of a log file, of those after its first `begin` bytes, for a person who asks why."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            # A file that has been cut off at the front since has nothing older.
            begin = begin if begin <= size else 0
            file.seek(max(size - LAST_LINES_BYTES, begin))
            data = file.read()
    except FileNotFoundError:
        return ()
    if size - begin > LAST_LINES_BYTES:
        # The first line is cut off, and what is left of a secret in it would not be known.
        data = data.partition(b"\n")[2]
    return tuple(_text(line[:LINE_BYTES]) for line in redactor.redact(data).splitlines()[-LAST_LINES:])


def _character_start(data: bytes, position: int) -> int:
    for earlier in range(position, position - 4, -1):
        if data[earlier] & 0xC0 != 0x80:
            return earlier
    return position


def _text(line: bytes) -> str:
    # PostgreSQL stores no NUL, and one line that cannot be stored would hold up all that follow.
    return line.decode("utf-8", "replace").rstrip("\r").replace("\0", "\ufffd")


def _output_entry(line: bytes) -> Entry:
    return Entry(_text(line), Level.INFO, datetime.now(UTC))


def _notice_entry(line: bytes) -> Entry:
    return msgspec.json.decode(line, type=Entry)
