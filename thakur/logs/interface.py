"""Log streams: lines go in once, are numbered once, and come out in order, live and later."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from thakur.errors import NotFound
from thakur.seam import idempotent
from thakur.security import Redactor

LINE_BYTES = 8 * 1024
BUILD_LINES = 100_000
BUILD_BYTES = 20 * 1024 * 1024
# Of an environment's replicas together, from midnight to midnight UTC.
DAY_LINES = 200_000
DAY_BYTES = 100 * 1024 * 1024


class Level(StrEnum):
    """A command's output is `info`; the other four are Thakur's own words."""

    INFO = "info"
    DEPLOY = "deploy"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class Entry(msgspec.Struct, frozen=True):
    """A line that has no number yet. `at` is aware UTC; None means now."""

    text: str
    level: Level = Level.INFO
    at: datetime | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A stored line. A runtime line also says which deployment and replica wrote it."""

    number: int
    at: datetime
    level: Level
    text: str
    deployment_id: int | None = None
    replica: int | None = None


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader wants to see of a stream: lines that hold the words, in any case, and are of one of the levels."""

    words: str = ""
    levels: tuple[Level, ...] = tuple(Level)

    @property
    def is_everything(self) -> bool:
        return not self.words and set(self.levels) == set(Level)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a search's lines, and how many it finds in the whole stream."""

    lines: tuple[Line, ...]
    matches: int


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """Which numbers a stream has: from `first` to `last`; nothing when `last` is below."""

    first: int
    last: int
    has_ended: bool

    @property
    def lines(self) -> int:
        return max(0, self.last - self.first + 1)


class Cleared(msgspec.Struct, frozen=True):
    """A person removed the lines up to `number`; the stream goes on with the next one."""

    number: int


class SourceBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Lines read from one replica's log file, from byte `offset_bytes` up to `next_offset_bytes`.

    A batch that was stored already is stored once: the sink keeps each source's offset with the lines.
    """

    stream_id: int
    source: str
    deployment_id: int
    edge_id: int
    replica: int
    offset_bytes: int
    next_offset_bytes: int
    entries: tuple[Entry, ...]


class StreamNotFound(NotFound):
    """There is no such log stream."""

    code = "stream_not_found"


@idempotent
class LogSink(Protocol):
    """Where an edge hands over what its replicas wrote."""

    async def store(self, batch: SourceBatch) -> int:
        """Store the batch once; returns the offset from which the source goes on (a repeated batch changes nothing)."""


class StreamWriter(Protocol):
    """The pen of one stream: never blocks on the database, writes batches every 100 ms."""

    def write(self, text: str, level: Level = Level.INFO) -> None:
        """One line of Thakur's own, or of a command."""

    def output(self, data: bytes) -> None:
        """Raw output of a command: cut into lines, decoded, carriage returns and the line limit handled."""

    async def flush(self) -> None:
        """Return when everything written so far is stored, also an unfinished last line of output."""


class Logs(Protocol):
    """Streams by id. Whoever asks has resolved the id through its own module, so no principal is asked here."""

    async def open_build(self, project_id: int, number: int, environment_id: int | None = None) -> int:
        """The id of the stream of build `number`, made or opened again; its end is taken back.

        Made for an environment, it goes with it.
        """

    async def open_runtime(self, project_id: int, environment_id: int) -> int:
        """The id of the runtime stream of an environment, made if it is missing. It never ends."""

    def writer(self, stream_id: int, redactor: Redactor | None = None) -> StreamWriter:
        """A pen for a build stream, through which no secret passes; several pens may write one after the other."""

    async def retire_writers(self, stream_id: int) -> None:
        """Drop whatever a pen that has begun to write in the stream has not stored yet, in whichever process it is.

        For who goes on where another one may be writing still: a pen asked for afterwards is not meant.
        """

    async def append(self, stream_id: int, entries: Sequence[Entry]) -> int:
        """Store lines of a build stream now; returns the last number."""

    async def end(self, stream_id: int) -> None:
        """Nothing more comes for now: tails end after the last line. May be called twice."""

    async def page(self, stream_id: int, after: int, limit: int) -> list[Line]:
        """Up to `limit` lines with numbers above `after`, in order."""

    async def last(self, stream_id: int, limit: int) -> list[Line]:
        """The newest `limit` lines, in order."""

    async def extent(self, stream_id: int) -> Extent:
        """What there is of it now."""

    async def search(self, stream_id: int, search: Search, after: int, limit: int) -> Found:
        """The first `limit` matching lines with numbers above `after`, in order."""

    def tail(self, stream_id: int, after: int) -> AsyncIterator[tuple[Line, ...] | Cleared]:
        """Lines above `after` in batches, then live, without a gap or a repeat, until the stream has ended.

        Whoever has seen lines that were cleared is told so, maybe twice. A waiting tail yields an empty batch every
        15 s, so that a connection can be kept alive.
        """

    async def clear(self, stream_id: int) -> int:
        """Remove every line so far, at once for whoever reads; returns the last number that is gone.

        The stream goes on with the next number, and its limits count on. Raises StreamNotFound.
        """

    async def project_deleted(self, project_id: int) -> None:
        """Remove the lines of the project's streams in short transactions; the rows of the streams go with the project's.

        A projects.DeletionConsumer, the last one to be called. May be called twice.
        """

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        """The same of one environment."""
