"""A worker whose place another one has taken: it serves whom it has, takes nobody new, and goes."""

import asyncio
import logging
import signal

from thakur.proxy.contact import Contact
from thakur.proxy.handover import dismiss
from thakur.proxy.link import LinkLost
from thakur.proxy.process import Process
from thakur.proxy.record import Worker

log = logging.getLogger(__name__)

# WebSockets and event streams may keep it for that long.
STAY_SECONDS = 3600.0
# One of another version hears of no new table, so it stays just long enough for kept-alive visitors to be told.
STRANGER_STAY_SECONDS = 90.0
END_SECONDS = 12.0
TERM_SECONDS = 2.0


class Parting:
    """`contact` is None for a worker that speaks another version."""

    def __init__(self, worker: Worker, process: Process, contact: Contact | None) -> None:
        self.worker = worker
        self.process = process
        self.contact = contact

    async def hold(self) -> None:
        """Deal with it until it has ended."""
        if self.contact is None:
            await self.process.ended()
        else:
            await self.contact.hold()

    async def leave(self, address: str, key: str) -> None:
        """Ask it to go, and end it when it stays too long."""
        if self.contact is not None:
            self.contact.leave()
        elif not self.worker.is_leaving:
            try:
                await asyncio.to_thread(dismiss, address, key)
            except LinkLost as error:
                log.warning("proxy worker hears no goodbye", extra={"pid": self.worker.process.pid, "reason": error})
        stay_seconds = STRANGER_STAY_SECONDS if self.contact is None else STAY_SECONDS
        if not await self.process.ended_within(stay_seconds):
            log.warning("proxy worker is ended with visitors", extra={"pid": self.worker.process.pid})
            await self.end(END_SECONDS)

    async def end(self, drain_seconds: float) -> None:
        """Let it finish what it has, at most this long."""
        self.process.send(signal.SIGTERM)
        await self.process.ended_within(drain_seconds)
        await self.process.end(TERM_SECONDS)
