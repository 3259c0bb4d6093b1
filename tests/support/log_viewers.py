"""Viewers of a log over HTTP: event streams on a server's local socket, cut off at random if they are told to be."""

import asyncio
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.waiting import eventually

RECONNECT_SECONDS = 90
# An event that is cut in the middle is nobody's.
EVENT_END = b"\n\n"


@dataclass
class Viewer:
    """Reads one log to its end, as a browser does: after a break it goes on from the id of the last event."""

    socket_path: Path
    url: str
    cuts: int = 0
    chance: random.Random = field(default_factory=random.Random)
    longest_chunks: int = 6
    lines: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    has_ended: bool = False

    async def watch(self) -> "Viewer":
        while not self.has_ended:
            reader, writer = await self._connect()
            self.connections += 1
            try:
                await self._read(reader)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.transport.abort()
        return self

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async def connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
            try:
                reader, writer = await asyncio.open_unix_connection(self.socket_path)
            except (OSError, BlockingIOError):
                return None
            headers = [f"GET {self.url} HTTP/1.1", "Host: x", "Accept: text/event-stream"]
            if self.lines:
                headers.append(f"Last-Event-ID: {self.lines[-1]['number']}")
            try:
                writer.write("\r\n".join([*headers, "", ""]).encode())
                status = await reader.readuntil(b"\r\n\r\n")
            except (ConnectionError, asyncio.IncompleteReadError):
                status = b""
            if b" 200 " not in status.partition(b"\r\n")[0]:
                writer.transport.abort()
                return None
            return reader, writer

        return await eventually(connected, RECONNECT_SECONDS)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        patience = self.chance.randint(1, self.longest_chunks) if self.cuts else None
        rest = b""
        while not self.has_ended:
            size = int(await reader.readuntil(b"\r\n"), 16)
            chunk = (await reader.readexactly(size + 2))[:-2]
            if not chunk:
                return
            if patience is not None:
                patience -= 1
                if patience <= 0:
                    self.cuts -= 1
                    # Some of what has arrived is never looked at: the line broke in the middle of it.
                    self._take(rest + chunk[: self.chance.randint(0, len(chunk))])
                    return
            rest = self._take(rest + chunk)

    def _take(self, data: bytes) -> bytes:
        *events, rest = data.split(EVENT_END)
        for event in events:
            if event.startswith(b"event: end"):
                self.has_ended = True
            elif event.startswith(b"id: "):
                number, _, line = event.partition(b"\n")
                self.lines.append(json.loads(line.removeprefix(b"data: ")))
                assert self.lines[-1]["number"] == int(number.removeprefix(b"id: "))
        return rest
