"""Placements on their way in: brought up by an order, or found by the record of an earlier edge."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from thakur.builds import ArtifactStore
from thakur.proxy import Proxy
from thakur.runtime.edge.assets.store import earlier_assets
from thakur.runtime.edge.placements.placement import Placement, static_directory
from thakur.runtime.edge.placements.state import PlacementRecord
from thakur.runtime.edge.replicas.replica import Kind, Workshop, find_replicas, start_replicas

Tell = Callable[[Placement], Awaitable[None]]


class Arriving:
    """`tell` is called when one of a placement's replicas has changed."""

    def __init__(self, workshop: Workshop, proxy: Proxy, artifacts: ArtifactStore, tell: Tell) -> None:
        self._workshop = workshop
        self._static_root = workshop.data_dir / "artifacts"
        self._proxy = proxy
        self._artifacts = artifacts
        self._tell = tell

    async def bring_up(self, placement: Placement) -> None:
        """Start what it needs and make its pool. Raises what keeps it from that; the caller takes it down again."""
        order = placement.order
        placement.artifact = Path(await self._artifacts.directory(order.project_id, order.digest))
        placement.earlier = earlier_assets(order, placement.artifact)
        if order.plan.kind == "static":
            placement.directory = static_directory(placement.artifact, self._static_root)
        else:
            placement.replicas = await start_replicas(self._workshop, self._kind(placement))
        await self._proxy.add(placement.pool())

    def find(self, record: PlacementRecord) -> Placement:
        """The placement as it was recorded, with those of its replicas that still run."""
        placement = Placement(
            record.order,
            record.pool_id,
            artifact=Path(record.artifact),
            directory=record.directory,
            earlier=earlier_assets(record.order, Path(record.artifact)),
            start=record.start,
            displaced=record.displaced,
            is_routed=record.is_routed,
            is_leaving=record.is_retiring,
        )
        placement.replicas = find_replicas(self._workshop, self._kind(placement), record.replicas)
        return placement

    def _kind(self, placement: Placement) -> Kind:
        return Kind(
            placement.order,
            placement.pool_id,
            placement.artifact,
            placement.stirred,
            lambda: placement.start,
            partial(self._tell, placement),
        )
