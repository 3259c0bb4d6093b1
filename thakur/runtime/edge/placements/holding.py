"""What an edge holds, in memory and on disk: the placements of its deployments, and those that are on their way out."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from thakur.runtime.edge.placements.placement import Placement
from thakur.runtime.edge.placements.state import EdgeRecord, PlacementRecord, StateFile
from thakur.runtime.edge.starting.start import Start, remembered
from thakur.runtime.interface import Order


class Holding:
    """`placements` by deployment id; one project's change at a time, under its lock."""

    def __init__(self, data_dir: Path) -> None:
        self.placements: dict[int, Placement] = {}
        # No longer among the placements, and recorded until they are gone: their visitors are still there.
        self.leaving: list[Placement] = []
        self.locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._state = StateFile(data_dir)
        self._last_pool = EdgeRecord().last_pool
        self._starts: dict[int, Start] = {}
        self._ordered_at: defaultdict[int, float] = defaultdict(float)

    def load(self, find: Callable[[PlacementRecord], Placement]) -> None:
        """Hold what the last edge held, each record made a placement by `find`."""
        record = self._state.load()
        self._last_pool = record.last_pool
        self._starts = dict(record.starts)
        for each in record.placements:
            placement = find(each)
            if placement.is_leaving:
                self.leaving.append(placement)
            else:
                self.placements[placement.order.deployment_id] = placement
            if placement.is_routed:
                self.note_order(placement.order)

    async def save(self) -> None:
        """Durable on return."""
        placements = tuple(placement.record() for placement in self.all())
        await self._state.save(EdgeRecord(last_pool=self._last_pool, starts=dict(self._starts), placements=placements))

    def all(self) -> list[Placement]:
        """Those that are on their way out too."""
        return [*self.placements.values(), *self.leaving]

    def of_project(self, project_id: int, environment_id: int | None = None) -> list[Placement]:
        """Those of the project, or of one of its environments alone."""
        return [
            placement
            for placement in self.all()
            if placement.order.project_id == project_id and environment_id in (None, placement.order.environment_id)
        ]

    async def make(self, order: Order) -> Placement:
        """A placement with a pool that no other ever had; not held yet."""
        self._last_pool += 1
        # The count is on disk before the id is used, or a crash could give the id a second meaning.
        await self.save()
        return Placement(order, f"{order.deployment_id}-{self._last_pool}", start=self._start_of(order))

    async def remember_start(self, placement: Placement) -> None:
        """The project's next deployment begins with the start that brought this one up."""
        project_id = placement.order.project_id
        start = remembered(placement.start, is_same_artifact=False)
        if self._starts.get(project_id, Start()) != start:
            self._starts[project_id] = start
            await self.save()

    def _start_of(self, order: Order) -> Start:
        for each in self.of_project(order.project_id):
            if each.is_routed and each.order.digest == order.digest:
                return remembered(each.start, is_same_artifact=True)
        return self._starts.get(order.project_id, Start())

    def forget_project(self, project_id: int, environment_id: int | None = None) -> None:
        """It is gone, or one of its environments, whose start is the others' too; written down with the next save."""
        if environment_id is None:
            self._starts.pop(project_id, None)

    async def keep(self, placement: Placement) -> None:
        """Hold it from now on, in the place of any other of its deployment."""
        self.placements[placement.order.deployment_id] = placement
        await self.save()

    async def let_go(self, placement: Placement) -> None:
        """Hold it only as long as it is on its way out."""
        if self.placements.get(placement.order.deployment_id) is placement:
            del self.placements[placement.order.deployment_id]
        placement.is_leaving = True
        self.leaving.append(placement)
        await self.save()

    async def forget(self, *placements: Placement) -> None:
        """They are gone."""
        for placement in placements:
            if placement in self.leaving:
                self.leaving.remove(placement)
            if self.placements.get(placement.order.deployment_id) is placement:
                del self.placements[placement.order.deployment_id]
        await self.save()

    @asynccontextmanager
    async def locked(self, deployment_id: int) -> AsyncIterator[Placement | None]:
        """The deployment's placement under its project's lock, if it is held."""
        found = self.placements.get(deployment_id)
        if found is None:
            yield None
            return
        async with self.locks[found.order.project_id]:
            # It may have gone while this waited for the lock.
            yield self.placements.get(deployment_id)

    def note_order(self, order: Order) -> None:
        """The environment was ordered to change just now."""
        self._ordered_at[order.environment_id] = monotonic()

    def ordered_at(self, environment_id: int) -> float:
        return self._ordered_at[environment_id]
