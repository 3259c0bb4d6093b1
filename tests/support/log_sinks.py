"""A log sink in memory that keeps the sink's promise: each source's bytes are stored once."""

from thakur.errors import Unavailable
from thakur.logs import Entry, Level, SourceBatch


class MemorySink:
    def __init__(self) -> None:
        self.batches: list[SourceBatch] = []
        self.offsets: dict[tuple[int, str], int] = {}
        self.failures_to_come = 0

    async def store(self, batch: SourceBatch) -> int:
        if self.failures_to_come:
            self.failures_to_come -= 1
            raise Unavailable("The database is away.")
        key = (batch.stream_id, batch.source)
        if batch.offset_bytes == self.offsets.get(key, 0):
            self.batches.append(batch)
            self.offsets[key] = batch.next_offset_bytes
        return self.offsets[key]

    def entries(self) -> list[Entry]:
        return [entry for batch in self.batches for entry in batch.entries]

    def texts(self, level: Level | None = None) -> list[str]:
        return [entry.text for entry in self.entries() if level is None or entry.level is level]
