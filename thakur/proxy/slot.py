"""One listener's place: whichever worker process serves it now, kept alive and given the newest table."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from typing import Protocol

from thakur.background import Tasks
from thakur.proxy.link import Link, LinkLost
from thakur.proxy.process import Process
from thakur.proxy.wire import Message

log = logging.getLogger(__name__)

GREETING_SECONDS = 10.0
ACK_SECONDS = 10.0
HUNG_UP_SECONDS = 1.0
CUT_SECONDS = 5.0
BACKOFF_SECONDS = 0.1
BACKOFF_LIMIT_SECONDS = 5.0
STEADY_SECONDS = 10.0
TERM_SECONDS = 2.0


class Changes:
    """Word that something changed, for whoever waits for a condition."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        told, self._next = self._next, asyncio.Event()
        told.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._next.wait()


class Orders(Protocol):
    """What a slot reads from its owner: the table that every worker should have."""

    table: Message
    changes: Changes


class Slot:
    """`given` is the newest table that the process may act on, `acked` the newest that it has confirmed; 0 is none.

    A worker without a table accepts nobody, so a slot whose `given` is 0 serves nobody and holds up no switch.
    """

    def __init__(self, number: int, launch: Callable[[int], Process], control: str, key: str, orders: Orders) -> None:
        self.number = number
        self.process: Process | None = None
        self.given = 0
        self.acked = 0
        self._launch = launch
        self._control = control
        self._key = key
        self._orders = orders
        self._link: Link | None = None
        self._tasks = Tasks()
        self._is_leaving = False

    @property
    def link(self) -> Link | None:
        """The control connection, when there is one."""
        return None if self._link is None or self._link.is_lost else self._link

    async def keep(self) -> None:
        """Run a worker, and another one when it dies, until told to stop. When canceled the worker goes on."""
        backoff = BACKOFF_SECONDS
        loop = asyncio.get_running_loop()
        while not self._is_leaving:
            began = loop.time()
            try:
                await self._run()
            except OSError:
                log.exception("proxy worker does not start", extra={"worker": self.number})
            if self._is_leaving:
                return
            backoff = BACKOFF_SECONDS if loop.time() - began > STEADY_SECONDS else backoff
            log.warning("proxy worker starts again", extra={"worker": self.number, "backoff_seconds": backoff})
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, BACKOFF_LIMIT_SECONDS)

    async def drain(self, pool_id: str, within_seconds: float, streams_seconds: float) -> int:
        """How many uses of the pool had to be cut. A process that dies meanwhile has no uses left."""
        now = asyncio.get_running_loop().time()
        cuts = {"requests": now + within_seconds, "streams": now + streams_seconds}
        async with asyncio.timeout_at(max(cuts.values()) + CUT_SECONDS):
            while True:
                await self._orders.changes.until(lambda: self.link is not None or not self.given)
                if self.link is None:
                    return 0
                with contextlib.suppress(LinkLost):
                    return await self._drain(self.link, pool_id, cuts)

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

    async def _run(self) -> None:
        process = self.process = self._launch(self.number)
        attending = self._tasks.spawn(self._attend(process), f"attend proxy worker {self.number}")
        try:
            await process.ended()
        finally:
            attending.cancel()
            await asyncio.wait([attending])
        self.given = self.acked = 0
        self._orders.changes.tell()

    async def _attend(self, process: Process) -> None:
        while not self._is_leaving:
            try:
                async with asyncio.timeout(GREETING_SECONDS):
                    link = await Link.open(self._control, self._key)
            except (LinkLost, TimeoutError):
                break
            try:
                await self._feed(link)
            except LinkLost:
                # Usually the worker has died, and its end shows a moment later; else ask it again.
                await process.ended_within(HUNG_UP_SECONDS)
            except TimeoutError:
                break
        if not self._is_leaving and not await process.ended_within(HUNG_UP_SECONDS):
            log.error("proxy worker does not obey, killing it", extra={"worker": self.number})
            process.send(signal.SIGKILL)

    async def _feed(self, link: Link) -> None:
        link.when_lost(self._orders.changes.tell)
        self._link = link
        self._orders.changes.tell()
        try:
            while not link.is_lost:
                version = self._orders.table["version"]
                if version == self.acked:
                    await self._orders.changes.until(lambda: link.is_lost or self._is_behind())
                    continue
                self.given = version
                async with asyncio.timeout(ACK_SECONDS):
                    await link.install(self._orders.table)
                self.acked = version
                self._orders.changes.tell()
        finally:
            link.close()
        raise LinkLost

    def _is_behind(self) -> bool:
        return bool(self._orders.table["version"] != self.acked)

    async def _drain(self, link: Link, pool_id: str, cuts: dict[str, float]) -> int:
        loop = asyncio.get_running_loop()
        timers = [loop.call_at(at, link.cut, pool_id, what) for what, at in cuts.items()]
        try:
            return await link.drain(pool_id)
        finally:
            for timer in timers:
                timer.cancel()
