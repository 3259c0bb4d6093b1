"""The edge of this host: orders become replicas behind the proxy."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from time import monotonic

from thakur.background import Tasks
from thakur.builds import ArtifactStore, Toolchain
from thakur.errors import ThakurError, Unavailable
from thakur.logs import LogSink
from thakur.proxy import Pool, Proxy, Route
from thakur.runtime.edge.assets.store import Assets
from thakur.runtime.edge.diagnosis import not_held, not_started, still_routed
from thakur.runtime.edge.host import measured
from thakur.runtime.edge.placements.arriving import Arriving
from thakur.runtime.edge.placements.convergence import Convergence
from thakur.runtime.edge.placements.holding import Holding
from thakur.runtime.edge.placements.leaving import Leaving
from thakur.runtime.edge.placements.placement import Placement
from thakur.runtime.edge.placements.routing import Routing
from thakur.runtime.edge.placements.state import end_recorded
from thakur.runtime.edge.replicas.ports import Ports
from thakur.runtime.edge.replicas.replica import LOG_SECONDS, Workshop
from thakur.runtime.edge.starting.trying import Trying
from thakur.runtime.facts import EdgeFacts
from thakur.runtime.interface import (
    STOP_SECONDS,
    Assignments,
    Checked,
    DeploymentRefused,
    EdgeUnavailable,
    Order,
    Prepared,
)
from thakur.runtime.replica import ReplicaStatus
from thakur.sandbox import Sandbox

BOOT_SECONDS = 10.0
# One that loops must not hold up every start.
COME_BACK_SECONDS = 3.0
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
        toolchain: Toolchain,
        uid_of: Callable[[int], int],
    ) -> None:
        self._data_dir = data_dir
        self._proxy = proxy
        self._sandbox = sandbox
        self._tasks = Tasks()
        workshop = Workshop(edge_id, data_dir, sandbox, sink, Ports(), self._tasks, toolchain, uid_of)
        self._holding = Holding(data_dir)
        self._arriving = Arriving(workshop, proxy, artifacts, self._changed)
        self._leaving = Leaving(proxy, sandbox, self._holding, self._tasks)
        self._assets = Assets(data_dir / "artifacts")
        self._routing = Routing(proxy, self._assets)
        self._trying = Trying(proxy, self._holding, self._changed, has_node=toolchain.node is not None)
        self._convergence = Convergence(self, edge_id, assignments, self._tasks)
        self._is_stopping = False

    def inherit(self) -> tuple[list[Pool], list[Route]]:
        """Read what the last edge ran; returns what the proxy should know from its first table on. Comes before `start`."""
        self._holding.load(self._arriving.find)
        held = self.held()
        return [each.pool() for each in held], [route for each in held if each.is_routed for route in each.routes()]

    async def start(self) -> None:
        """Go on with what runs and start again what has ended, without asking anybody; what is slow is not waited for."""
        inherited = self._holding.all()
        self._leaving.end_strangers(self._data_dir, inherited)
        self._tasks.spawn(self._assets.run(), "remove assets of earlier deployments")
        gate = asyncio.Semaphore(BOOT_AT_ONCE)
        coming_back = []
        for placement in inherited:
            for replica in placement.replicas:
                replica.adopt(gate)
                if placement.is_routed:
                    replica.keeper.keep_running()
                    coming_back.append(replica.keeper.reached())
        for placement in list(self._holding.leaving):
            self._leaving.resume(placement)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COME_BACK_SECONDS):
                await asyncio.gather(*coming_back)

    async def converge(self) -> None:
        """Ask what is assigned, bring up what is missing, and do so again from time to time; what is slow comes later."""
        await self._convergence.begin(BOOT_SECONDS)

    async def leave(self) -> None:
        """Stop looking after the replicas: they, the routes and the files stay as they are."""
        self._is_stopping = True
        await self._tasks.stop()

    async def stop(self, drain_seconds: float) -> None:
        """Drain and end everything on this edge, all at once, with one deadline."""
        self._is_stopping = True
        placements = self._holding.all()
        await self._routing.unroute(*placements)
        ending = self._tasks.spawn(self._leaving.take_down_all(placements, drain_seconds), "end everything")
        await asyncio.wait([ending], timeout=drain_seconds + STOP_SECONDS + LOG_SECONDS)
        await self._tasks.stop()
        await end_recorded(self._data_dir, self._sandbox)
        await self._holding.forget(*placements)

    async def ping(self) -> None:
        await self._proxy.ping()

    async def facts(self) -> EdgeFacts:
        replicas = sum(len(placement.replicas) for placement in self.held())
        return measured(self._data_dir, replicas, await self._sandbox.enforcement())

    async def prepare(self, order: Order) -> Prepared:
        self._holding.note_order(order)
        async with self._holding.locks[order.project_id]:
            if self._is_stopping:
                raise EdgeUnavailable("The edge is stopping.", hint="Deploy again when it is back.")
            return await self._prepare(order)

    async def check(self, deployment_id: int) -> Checked:
        return await self._trying.check(self._held(deployment_id))

    async def seen(self, deployment_id: int) -> tuple[str, ...]:
        placement = self._holding.placements.get(deployment_id)
        return tuple(placement.seen) if placement else ()

    async def switch(self, deployment_id: int) -> None:
        async with self._holding.locked(deployment_id) as placement:
            if placement is None:
                raise DeploymentRefused(not_held(deployment_id))
            self._holding.note_order(placement.order)
            await self._routing.lead_to(placement, self.held())
            await self._holding.save()

    async def retire(self, deployment_id: int) -> None:
        async with self._holding.locked(deployment_id) as placement:
            if placement is None:
                return
            if placement.is_routed:
                raise DeploymentRefused(still_routed(deployment_id))
            await self._leaving.retire(placement)

    async def restart(self, order: Order) -> Checked:
        async with self._holding.locks[order.project_id]:
            if self._is_stopping:
                raise EdgeUnavailable("The edge is stopping.", hint="Restart it again when it is back.")
            self._holding.note_order(order)
            fresh = await self._place(order)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._leaving.take_down, fresh, 0.0, 0.0)
            checked = await self._trying.check(fresh)
            undo.pop_all()
        # Whoever asked may go away now; the new replicas are routed, or taken down again.
        if not await asyncio.shield(self._tasks.spawn(self._succeed(fresh), f"switch {fresh.pool_id}")):
            raise DeploymentRefused(not_held(order.deployment_id))
        return checked

    async def discard(self, deployment_id: int) -> None:
        async with self._holding.locked(deployment_id) as placement:
            if placement is None:
                return
            self._holding.note_order(placement.order)
            drain_seconds = WITHDRAW_DRAIN_SECONDS if placement.is_routed else 0.0
            if placement.is_routed:
                predecessor = self._holding.placements.get(placement.displaced or 0)
                await self._routing.give_back(placement, predecessor)
            await self._take_down(placement, drain_seconds)

    async def withdraw(self, project_id: int, environment_id: int | None = None) -> None:
        async with self._holding.locks[project_id]:
            placements = self._holding.of_project(project_id, environment_id)
            await self._routing.unroute(*placements)
            for placement in placements:
                placement.is_routed = False
            await self._leaving.take_down_all(placements, WITHDRAW_DRAIN_SECONDS)
            await self._assets.forget(project_id, environment_id)
            self._holding.forget_project(project_id, environment_id)
            await self._holding.forget(*placements)

    async def status(self, deployment_id: int) -> tuple[ReplicaStatus, ...]:
        placement = self._holding.placements.get(deployment_id)
        return tuple(replica.keeper.status() for replica in placement.replicas) if placement else ()

    def held(self) -> list[Placement]:
        return list(self._holding.placements.values())

    def ordered_at(self, environment_id: int) -> float:
        return self._holding.ordered_at(environment_id)

    async def bring_back(self, order: Order) -> None:
        async with self._holding.locks[order.project_id]:
            if self._is_stopping:
                return
            await self._prepare(order)
        try:
            await self.check(order.deployment_id)
        except DeploymentRefused as error:
            # It was healthy once: it gets its route and its restarts, and visitors see how it fares.
            log.warning("deployment unhealthy", exc_info=error, extra={"deployment_id": order.deployment_id})
        async with self._holding.locked(order.deployment_id) as placement:
            if placement is None:
                return
            routed = [one for one in self.held() if one.is_routed]
            await self._routing.lead_to(placement, routed)
            await self._holding.save()
            for other in routed:
                if not other.is_routed:
                    await self._leaving.retire(other)

    async def rename(self, placement: Placement, order: Order) -> None:
        async with self._holding.locks[order.project_id]:
            if placement.is_routed:
                await self._routing.rename(placement, order.hosts)
                await self._holding.save()

    async def dismiss(self, placement: Placement) -> None:
        async with self._holding.locked(placement.order.deployment_id) as held:
            if held is placement:
                await self._routing.unroute(placement)
                placement.is_routed = False
                await self._leaving.retire(placement)

    async def refresh(self, placement: Placement) -> None:
        if placement.is_leaving:
            return
        try:
            await self._proxy.add(placement.pool())
        except Unavailable as error:
            log.warning("pool not told", exc_info=error, extra={"pool_id": placement.pool_id})

    async def _changed(self, placement: Placement) -> None:
        await self.refresh(placement)
        await self._holding.save()

    async def _prepare(self, order: Order) -> Prepared:
        known = self._holding.placements.get(order.deployment_id)
        if known is not None and (known.is_routed or known.is_alive):
            return known.prepared()
        if known is not None:
            await self._take_down(known, 0.0)
        placement = await self._place(order)
        await self._holding.keep(placement)
        return placement.prepared()

    async def _succeed(self, fresh: Placement) -> bool:
        order = fresh.order
        async with self._holding.locks[order.project_id], AsyncExitStack() as undo:
            undo.push_async_callback(self._leaving.take_down, fresh, 0.0, 0.0)
            worn = self._holding.placements.get(order.deployment_id)
            if worn is None or not worn.is_routed:
                return False
            await self._routing.succeed(fresh, worn)
            undo.pop_all()
            await self._holding.keep(fresh)
            await self._leaving.retire(worn)
            return True

    def _held(self, deployment_id: int) -> Placement:
        placement = self._holding.placements.get(deployment_id)
        if placement is None:
            raise DeploymentRefused(not_held(deployment_id))
        return placement

    async def _place(self, order: Order) -> Placement:
        began_at = monotonic()
        placement = await self._holding.make(order)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._leaving.take_down, placement, 0.0, 0.0)
            try:
                await self._arriving.bring_up(placement)
            except DeploymentRefused:
                raise
            except ThakurError as error:
                raise DeploymentRefused(not_started(error), placement.last_lines()) from error
            undo.pop_all()
        placement.seconds = monotonic() - began_at
        return placement

    async def _take_down(self, placement: Placement, drain_seconds: float) -> None:
        await self._leaving.take_down(placement, drain_seconds, drain_seconds)
        await self._holding.forget(placement)
