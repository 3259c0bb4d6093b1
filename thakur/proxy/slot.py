"""One place's worker: whichever process serves there now, kept alive and given the newest table."""

import asyncio
import logging
import random
import signal
from collections.abc import Callable

from thakur.proxy.contact import Contact, Orders
from thakur.proxy.places import Place
from thakur.proxy.process import Process

log = logging.getLogger(__name__)

BACKOFF_SECONDS = 0.1
BACKOFF_LIMIT_SECONDS = 5.0
STEADY_SECONDS = 10.0
TERM_SECONDS = 2.0


class Slot:
    """Holds its place's sockets for good, so that a worker that dies loses no connection that waits."""

    def __init__(
        self, place: Place, launch: Callable[[Place], Process], address: str, key: str, orders: Orders
    ) -> None:
        self.place = place
        self.contact: Contact | None = None
        self._launch = launch
        self._address = address
        self._key = key
        self._orders = orders
        self._is_leaving = False

    @property
    def process(self) -> Process | None:
        """Who serves here, or did last."""
        return self.contact.process if self.contact else None

    @property
    def acked(self) -> int:
        """The newest table that is in force here; 0 is none."""
        return self.contact.acked if self.contact else 0

    def adopt(self, process: Process, given: int) -> None:
        """Begin with a worker that serves already, by the table `given`."""
        self.contact = Contact(process, self._address, self._key, self._orders, given)

    async def keep(self) -> None:
        """Run a worker, and another one when it dies, until told to stop. When canceled the worker goes on."""
        backoff = BACKOFF_SECONDS
        loop = asyncio.get_running_loop()
        while not self._is_leaving:
            began = loop.time()
            try:
                if self.contact is None or not self.contact.process.is_running:
                    self.contact = Contact(self._launch(self.place), self._address, self._key, self._orders)
                await self.contact.hold()
            except OSError:
                log.exception("proxy worker does not start", extra={"worker": self.place.number})
            if self._is_leaving:
                return
            backoff = BACKOFF_SECONDS if loop.time() - began > STEADY_SECONDS else backoff
            log.warning("proxy worker starts again", extra={"worker": self.place.number, "backoff_seconds": backoff})
            await asyncio.sleep(backoff * random.uniform(0.75, 1.0))  # noqa: S311  (a spread, not a secret)
            backoff = min(backoff * 2, BACKOFF_LIMIT_SECONDS)

    def leave(self) -> None:
        """Start no other worker, and ask this one to finish what it has."""
        self._is_leaving = True
        # Not the order `leave`, which is for an upgrade: there the worker keeps idle visitors for as long as they stay.
        if self.process is not None:
            self.process.send(signal.SIGTERM)

    async def end(self, drain_seconds: float) -> None:
        """Let the worker finish what it has, at most this long."""
        if self.process is not None:
            await self.process.ended_within(drain_seconds)
            await self.process.end(TERM_SECONDS)

    def release(self) -> None:
        """Let go of the worker and leave it running."""
        if self.process is not None:
            self.process.forget()
