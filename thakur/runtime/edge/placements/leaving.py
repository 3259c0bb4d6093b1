"""Placements on their way out: no visitor is led to them any more, but some may still be there."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from thakur.background import Tasks
from thakur.errors import ThakurError
from thakur.logs import Level
from thakur.proxy import Proxy
from thakur.runtime.edge.placements.holding import Holding
from thakur.runtime.edge.placements.placement import Placement
from thakur.runtime.edge.placements.state import end_home
from thakur.runtime.edge.replicas.homes import Home, all_homes
from thakur.runtime.edge.replicas.replica import DISCARD_SECONDS
from thakur.runtime.interface import STOP_SECONDS
from thakur.sandbox import Sandbox

STRANGER_DRAIN_SECONDS = 5.0

log = logging.getLogger(__name__)


class Leaving:
    """Drains pools, then stops their replicas."""

    def __init__(self, proxy: Proxy, sandbox: Sandbox, holding: Holding, tasks: Tasks) -> None:
        self._proxy = proxy
        self._sandbox = sandbox
        self._holding = holding
        self._tasks = tasks
        self._retiring: dict[Placement, asyncio.Task[None]] = {}

    async def retire(self, placement: Placement) -> None:
        """Take it down in the background, with all the time that its order gives to visitors."""
        await self._holding.let_go(placement)
        self.resume(placement)

    def resume(self, placement: Placement) -> None:
        """Take down what an earlier edge had begun to retire."""
        self._retiring[placement] = self._tasks.spawn(self._retire(placement), f"retire {placement.pool_id}")

    async def take_down_all(self, placements: Sequence[Placement], drain_seconds: float) -> None:
        """Take them down at once; one that is being retired gets no more time than this."""
        for placement in placements:
            if retiring := self._retiring.get(placement):
                retiring.cancel()
        await asyncio.gather(*(self.take_down(placement, drain_seconds, drain_seconds) for placement in placements))

    async def take_down(self, placement: Placement, drain_seconds: float, streams_drain_seconds: float) -> None:
        """Drain, then stop. May be called twice."""
        placement.is_leaving = True
        try:
            cut = await self._proxy.drain(placement.pool_id, drain_seconds, streams_drain_seconds)
        except ThakurError as error:
            # A proxy that is away sends nobody to the replicas.
            log.warning("pool not drained", exc_info=error, extra={"pool_id": placement.pool_id})
            cut = 0
        if cut:
            for replica in placement.replicas:
                replica.say(f"{cut} requests were cut because they outlived the drain.", Level.WARNING)
        grace_seconds = STOP_SECONDS if drain_seconds else DISCARD_SECONDS
        await asyncio.gather(*(replica.stop(grace_seconds) for replica in placement.replicas))
        self._retiring.pop(placement, None)

    def end_strangers(self, data_dir: Path, known: Sequence[Placement]) -> None:
        """Take down, in the background, the replicas that no record names."""
        homes = {replica.home for placement in known for replica in placement.replicas}
        for home in all_homes(data_dir):
            if home not in homes:
                self._tasks.spawn(self._end_stranger(home), f"end {home.path.name}")

    async def _end_stranger(self, home: Home) -> None:
        # Its edge died before it could write it down; visitors may have been led there all the same.
        pool_id, _, _ = home.path.name.rpartition("-")
        try:
            await self._proxy.drain(pool_id, STRANGER_DRAIN_SECONDS, STRANGER_DRAIN_SECONDS)
        except ThakurError as error:
            log.warning("pool not drained", exc_info=error, extra={"pool_id": pool_id})
        await end_home(home, self._sandbox)

    async def _retire(self, placement: Placement) -> None:
        await self.take_down(placement, placement.order.drain_seconds, placement.order.streams_drain_seconds)
        await self._holding.forget(placement)
