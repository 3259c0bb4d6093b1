"""The control part's dealings with one worker process: connected, told every table, asked to drain or to leave."""

import asyncio
import contextlib
import logging
import signal
from typing import Protocol

from thakur.background import Tasks
from thakur.proxy.changes import Changes
from thakur.proxy.dataplane.wire import Message
from thakur.proxy.link import Link, LinkLost
from thakur.proxy.process import Process

log = logging.getLogger(__name__)

GREETING_SECONDS = 10.0
ACK_SECONDS = 10.0
HUNG_UP_SECONDS = 1.0
CUT_SECONDS = 5.0


class Orders(Protocol):
    """What a contact reads from its owner: the table that every worker should have."""

    table: Message
    changes: Changes


class Contact:
    """`given` is the newest table that the process may act on, `acked` the newest that it has confirmed; 0 is none.

    A worker without a table accepts nobody: one whose `given` is 0 serves nobody and holds up no switch.
    """

    def __init__(self, process: Process, address: str, key: str, orders: Orders, given: int = 0) -> None:
        self.process = process
        self.given = given
        self.acked = 0
        self._address = address
        self._key = key
        self._orders = orders
        self._link: Link | None = None
        self._tasks = Tasks()
        self._is_leaving = False

    @property
    def link(self) -> Link | None:
        """The control connection, when there is one."""
        return None if self._link is None or self._link.is_lost else self._link

    async def hold(self) -> None:
        """Stay connected and keep its table the newest, until it ends; one that does not obey is killed."""
        attending = self._tasks.spawn(self._attend(), f"attend proxy worker {self.process.identity.pid}")
        try:
            await self.process.ended()
        finally:
            attending.cancel()
            await asyncio.wait([attending])
        self.given = self.acked = 0
        self._orders.changes.tell()

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
        """Ask it to take no more visitors and to end when the last of them has gone; for an upgrade."""
        self._is_leaving = True
        if self.link is not None:
            self.link.leave()

    async def _attend(self) -> None:
        while True:
            try:
                async with asyncio.timeout(GREETING_SECONDS):
                    link = await Link.open(self._address, self._key)
            except (LinkLost, TimeoutError):
                break
            try:
                await self._feed(link)
            except LinkLost:
                # Usually the worker has died, and its end shows a moment later; else ask it again.
                await self.process.ended_within(HUNG_UP_SECONDS)
            except TimeoutError:
                break
        if not await self.process.ended_within(HUNG_UP_SECONDS):
            log.error("proxy worker does not obey, killing it", extra={"pid": self.process.identity.pid})
            self.process.send(signal.SIGKILL)

    async def _feed(self, link: Link) -> None:
        link.when_lost(self._orders.changes.tell)
        self._link = link
        if self._is_leaving:
            link.leave()
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
