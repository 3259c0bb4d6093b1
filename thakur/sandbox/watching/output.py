"""A build step's output on its way from the pipe to the caller."""

import asyncio
import contextlib
import os

from thakur.pids import Process
from thakur.sandbox.interface import OnOutput
from thakur.sandbox.watching import processes
from thakur.sandbox.watching.idling import Idling

CHUNK_BYTES = 64 << 10
# All writers are dead by then; what they wrote lies in the pipe.
DRAIN_SECONDS = 10.0
WORDS_BYTES = 2000


class Output:
    """The reading end of a pipe; the pipe's size is what a fast writer may be ahead of `on_output`."""

    def __init__(self, reader: int, on_output: OnOutput) -> None:
        os.set_blocking(reader, False)
        self._reader = reader
        self._on_output = on_output
        self._last = b""
        self._is_open = True

    async def follow(self, process: Process, idling: Idling | None = None) -> None:
        """Hand over what comes until the process has ended. Raises NoProgress."""
        try:
            ended = os.pidfd_open(process.pid)
        except ProcessLookupError:
            return
        try:
            while self._is_open:
                ready = await self._ready(ended, idling)
                if self._reader in ready:
                    self._read()
                if ended in ready:
                    return
            await processes.readable(ended)
        finally:
            os.close(ended)

    async def drain(self) -> None:
        """Hand over the rest."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._is_open:
                    await processes.readable(self._reader)
                    self._read()

    def last_words(self) -> str:
        return tidy(self._last)

    async def _ready(self, ended: int, idling: Idling | None) -> frozenset[int]:
        while idling is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(idling.look_seconds):
                    ready = await processes.readable(ended, self._reader)
                    if self._reader in ready:
                        idling.heard()
                    return ready
            idling.look()
        return await processes.readable(ended, self._reader)

    def _read(self) -> None:
        try:
            chunk = os.read(self._reader, CHUNK_BYTES)
        except BlockingIOError:
            return
        if not chunk:
            self._is_open = False
            return
        self._last = (self._last + chunk)[-WORDS_BYTES:]
        self._on_output(chunk)


def tidy(words: bytes) -> str:
    return " ".join(words.decode(errors="replace").split())
