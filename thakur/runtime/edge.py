"""The edge of this host: orders become replicas behind the proxy."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic

from thakur.background import Tasks
from thakur.builds import ArtifactStore
from thakur.errors import ThakurError, Unavailable
from thakur.logs import LogSink
from thakur.proxy import Proxy
from thakur.runtime.diagnosis import not_held, not_started, still_routed
from thakur.runtime.health import check_health
from thakur.runtime.interface import (
    STOP_SECONDS,
    Assignments,
    Checked,
    DeploymentRefused,
    EdgeUnavailable,
    Order,
    Prepared,
)
from thakur.runtime.leaving import Leaving
from thakur.runtime.placement import Placement, static_directory
from thakur.runtime.ports import Ports
from thakur.runtime.replicas import LOG_SECONDS, Workshop, start_replicas
from thakur.runtime.state import EdgeRecord, StateFile, end_recorded
from thakur.sandbox import Sandbox

BOOT_SECONDS = 10.0
BOOT_AT_ONCE = 4
WITHDRAW_DRAIN_SECONDS = 2.0

log = logging.getLogger(__name__)


class LocalEdge:
    """Runs placements in this process's sandbox, and keeps its state file equal to them."""

    def __init__(
        self,
        edge_id: int,
        data_dir: Path,
        proxy: Proxy,
        sandbox: Sandbox,
        artifacts: ArtifactStore,
        sink: LogSink,
        assignments: Assignments,
        bun: Path,
        uid_of: Callable[[int], int],
    ) -> None:
        self._edge_id = edge_id
        self._data_dir = data_dir
        self._static_root = data_dir / "artifacts"
        self._proxy = proxy
        self._sandbox = sandbox
        self._artifacts = artifacts
        self._assignments = assignments
        self._tasks = Tasks()
        self._state = StateFile(data_dir)
        self._workshop = Workshop(
            edge_id, data_dir, sandbox, sink, Ports(), self._tasks, bun, uid_of, on_change=self._save
        )

        # By deployment id; what is being retired is not among them any more.
        self._placements: dict[int, Placement] = {}
        self._leaving = Leaving(proxy, self._tasks)
        self._last_pool = EdgeRecord().last_pool
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._is_stopping = False

    async def start(self) -> None:
        """End what the last edge left, then bring up what is assigned; what is slow goes on coming up afterwards."""
        self._last_pool = self._state.load().last_pool
        await end_recorded(self._data_dir, self._sandbox)
        orders = await self._assignments.assigned(self._edge_id)
        gate = asyncio.Semaphore(BOOT_AT_ONCE)
        coming_up = [
            self._tasks.spawn(self._bring_back(order, gate), f"bring back deployment {order.deployment_id}")
            for order in orders
        ]
        if coming_up:
            await asyncio.wait(coming_up, timeout=BOOT_SECONDS)

    async def leave(self) -> None:
        """Stop looking after the replicas: they, the routes and the files stay as they are."""
        self._is_stopping = True
        await self._tasks.stop()

    async def stop(self, drain_seconds: float) -> None:
        """Drain and end everything on this edge, all at once, with one deadline."""
        self._is_stopping = True
        placements = [*self._placements.values(), *self._leaving.placements()]
        await self._unroute(*self._placements.values())
        ending = self._tasks.spawn(self._leaving.take_down_all(placements, drain_seconds), "end everything")
        await asyncio.wait([ending], timeout=drain_seconds + STOP_SECONDS + LOG_SECONDS)
        await self._tasks.stop()
        await end_recorded(self._data_dir, self._sandbox)
        self._placements.clear()
        await self._save()

    async def ping(self) -> None:
        await self._proxy.ping()

    async def prepare(self, order: Order) -> Prepared:
        async with self._locks[order.project_id]:
            if self._is_stopping:
                raise EdgeUnavailable("The edge is stopping.", hint="Deploy again when it is back.")
            known = self._placements.get(order.deployment_id)
            if known is not None and (known.is_routed or known.is_alive):
                return known.prepared()
            if known is not None:
                await self._forget(known, 0.0)
            placement = await self._place(order)
            self._placements[order.deployment_id] = placement
            await self._save()
            return placement.prepared()

    async def check(self, deployment_id: int) -> Checked:
        return await check_health(self._proxy, self._held(deployment_id))

    async def switch(self, deployment_id: int) -> None:
        async with self._holding(deployment_id) as placement:
            if placement is None:
                raise DeploymentRefused(not_held(deployment_id))
            await self._proxy.route(placement.routes())
            await self._displace(placement)
            placement.is_routed = True
            for replica in placement.replicas:
                replica.keep_running()
            await self._save()

    async def retire(self, deployment_id: int) -> None:
        async with self._holding(deployment_id) as placement:
            if placement is None:
                return
            if placement.is_routed:
                raise DeploymentRefused(still_routed(deployment_id))
            del self._placements[deployment_id]
            await self._save()
            self._leaving.retire(placement)

    async def restart(self, order: Order) -> Checked:
        async with self._locks[order.project_id]:
            if self._is_stopping:
                raise EdgeUnavailable("The edge is stopping.", hint="Restart it again when it is back.")
            fresh = await self._place(order)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._leaving.take_down, fresh, 0.0, 0.0)
            checked = await check_health(self._proxy, fresh)
            undo.pop_all()
        # Whoever asked may go away now; the new replicas are routed, or taken down again.
        if not await asyncio.shield(self._tasks.spawn(self._succeed(fresh), f"switch {fresh.pool_id}")):
            raise DeploymentRefused(not_held(order.deployment_id))
        return checked

    async def discard(self, deployment_id: int) -> None:
        async with self._holding(deployment_id) as placement:
            if placement is None:
                return
            drain_seconds = WITHDRAW_DRAIN_SECONDS if placement.is_routed else 0.0
            if placement.is_routed:
                await self._give_back(placement)
            await self._forget(placement, drain_seconds)

    async def withdraw(self, project_id: int) -> None:
        async with self._locks[project_id]:
            held = [one for one in self._placements.values() if one.order.project_id == project_id]
            leaving = [one for one in self._leaving.placements() if one.order.project_id == project_id]
            await self._unroute(*held)
            for placement in held:
                placement.is_routed = False
            await self._leaving.take_down_all([*held, *leaving], WITHDRAW_DRAIN_SECONDS)
            for placement in held:
                del self._placements[placement.order.deployment_id]
            await self._save()

    async def _succeed(self, fresh: Placement) -> bool:
        order = fresh.order
        async with self._locks[order.project_id], AsyncExitStack() as undo:
            undo.push_async_callback(self._leaving.take_down, fresh, 0.0, 0.0)
            worn = self._placements.get(order.deployment_id)
            if worn is None or not worn.is_routed:
                return False
            await self._proxy.route(fresh.routes())
            undo.pop_all()
            fresh.is_routed, worn.is_routed = True, False
            fresh.displaced = worn.displaced
            self._placements[order.deployment_id] = fresh
            for replica in fresh.replicas:
                replica.keep_running()
            await self._save()
            self._leaving.retire(worn)
            return True

    def _held(self, deployment_id: int) -> Placement:
        placement = self._placements.get(deployment_id)
        if placement is None:
            raise DeploymentRefused(not_held(deployment_id))
        return placement

    @asynccontextmanager
    async def _holding(self, deployment_id: int) -> AsyncIterator[Placement | None]:
        found = self._placements.get(deployment_id)
        if found is None:
            yield None
            return
        async with self._locks[found.order.project_id]:
            # It may have gone while this waited for the lock.
            yield self._placements.get(deployment_id)

    async def _place(self, order: Order) -> Placement:
        began_at = monotonic()
        self._last_pool += 1
        placement = Placement(order, f"{order.deployment_id}-{self._last_pool}")
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._leaving.take_down, placement, 0.0, 0.0)
            try:
                # The count is on disk before the id is used, or a crash could give the id a second meaning.
                await self._save()
                await self._bring_up(placement)
            except DeploymentRefused:
                raise
            except ThakurError as error:
                raise DeploymentRefused(not_started(error), placement.last_lines()) from error
            undo.pop_all()
        placement.seconds = monotonic() - began_at
        return placement

    async def _bring_up(self, placement: Placement) -> None:
        order = placement.order
        artifact = Path(await self._artifacts.directory(order.project_id, order.digest))
        if order.plan.kind == "static":
            placement.directory = static_directory(artifact, self._static_root)
        else:
            placement.replicas = await start_replicas(
                self._workshop, order, placement.pool_id, artifact, placement.stirred
            )
        await self._proxy.add(placement.pool())

    async def _displace(self, successor: Placement) -> None:
        order = successor.order
        for placement in list(self._placements.values()):
            if placement is successor or not placement.is_routed:
                continue
            if placement.order.environment_id == order.environment_id:
                placement.is_routed = False
                successor.displaced = placement.order.deployment_id
                if left_over := tuple(host for host in placement.order.hosts if host not in order.hosts):
                    await self._proxy.unroute(left_over)

    async def _give_back(self, placement: Placement) -> None:
        predecessor = self._placements.get(placement.displaced or 0)
        if predecessor is None:
            await self._unroute(placement)
        else:
            await self._proxy.route(predecessor.routes())
            predecessor.is_routed = True
        placement.is_routed = False

    async def _unroute(self, *placements: Placement) -> None:
        hosts = tuple(host for placement in placements if placement.is_routed for host in placement.order.hosts)
        if not hosts:
            return
        try:
            await self._proxy.unroute(hosts)
        except Unavailable as error:
            log.warning("hosts not unrouted", exc_info=error, extra={"hosts": hosts})

    async def _forget(self, placement: Placement, drain_seconds: float) -> None:
        await self._leaving.take_down(placement, drain_seconds, drain_seconds)
        del self._placements[placement.order.deployment_id]
        await self._save()

    async def _bring_back(self, order: Order, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await self.prepare(order)
            except DeploymentRefused as error:
                log.error("deployment not brought back", exc_info=error, extra={"deployment_id": order.deployment_id})  # noqa: TRY400
                return
            try:
                await self.check(order.deployment_id)
            except DeploymentRefused as error:
                # It was healthy once: it gets its route and its restarts, and visitors see how it fares.
                log.warning("deployment unhealthy", exc_info=error, extra={"deployment_id": order.deployment_id})
            await self.switch(order.deployment_id)

    async def _save(self) -> None:
        placements = tuple(placement.record() for placement in self._placements.values())
        await self._state.save(EdgeRecord(last_pool=self._last_pool, placements=placements))
