"""Logs that keep in memory what builds write."""

from collections.abc import Sequence

from thakur.logs import Entry, Level
from thakur.security import Redactor


class RecordingWriter:
    """Implements StreamWriter."""

    def __init__(self) -> None:
        self.lines: list[tuple[Level, str]] = []
        self.raw = b""

    def write(self, text: str, level: Level = Level.INFO) -> None:
        self.lines.append((level, text))

    def output(self, data: bytes) -> None:
        self.raw += data

    async def flush(self) -> None:
        pass

    def texts(self, level: Level) -> list[str]:
        return [text for found, text in self.lines if found is level]


class RecordingLogs:
    """Implements the part of Logs that builds use; one writer a stream."""

    def __init__(self) -> None:
        self.writers: dict[int, RecordingWriter] = {}
        self.redactors: dict[int, Redactor] = {}
        self.ended: list[int] = []
        self.retired: list[int] = []

    async def open_build(self, project_id: int, number: int, environment_id: int | None = None) -> int:
        return number

    def writer(self, stream_id: int, redactor: Redactor | None = None) -> RecordingWriter:
        if redactor is not None:
            self.redactors[stream_id] = redactor
        return self.writers.setdefault(stream_id, RecordingWriter())

    async def retire_writers(self, stream_id: int) -> None:
        self.retired.append(stream_id)

    async def append(self, stream_id: int, entries: Sequence[Entry]) -> int:
        for entry in entries:
            self.writer(stream_id).write(entry.text, entry.level)
        return len(entries)

    async def end(self, stream_id: int) -> None:
        self.ended.append(stream_id)
