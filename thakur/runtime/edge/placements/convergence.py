"""Making an edge equal to its assignments: what it was not told, or could not do, it finds out by asking."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from thakur.background import Tasks
from thakur.errors import ThakurError
from thakur.runtime.edge.placements.placement import Placement
from thakur.runtime.interface import Assignments, Order

EVERY_SECONDS = 30.0
ASK_SECONDS = 10.0
AT_ONCE = 4
# What was ordered so recently may be ahead of the assignments, which change when a rollout has ended.
SETTLE_SECONDS = 20.0
# A rollout checks for a while before it switches; a prepared deployment that is older was left by one that died.
FORGOTTEN_SECONDS = 900.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Differences:
    """`missing` should be routed and is not, `renamed` answers at other hosts, `surplus` should not be here."""

    missing: tuple[Order, ...] = ()
    renamed: tuple[tuple[Placement, Order], ...] = ()
    surplus: tuple[Placement, ...] = ()


def compare(
    held: Iterable[Placement], orders: Sequence[Order], is_settled: Callable[[int], bool], now: float
) -> Differences:
    """What an edge that holds these placements has to do about its assignments; `is_settled` by environment id."""
    held = list(held)
    routed = {placement.order.deployment_id: placement for placement in held if placement.is_routed}
    assigned = {order.deployment_id: order for order in orders}
    environments = {order.environment_id for order in orders}
    missing = [order for order in orders if order.deployment_id not in routed and is_settled(order.environment_id)]
    renamed = [
        (placement, assigned[deployment_id])
        for deployment_id, placement in routed.items()
        if deployment_id in assigned and placement.order.hosts != assigned[deployment_id].hosts
    ]
    surplus = [
        placement
        for placement in held
        if placement.order.deployment_id not in assigned
        and is_settled(placement.order.environment_id)
        and (
            # Where another one is assigned, that one's switch takes the hosts over.
            placement.order.environment_id not in environments
            if placement.is_routed
            else now - placement.held_since >= FORGOTTEN_SECONDS
        )
    ]
    return Differences(tuple(missing), tuple(renamed), tuple(surplus))


class Converging(Protocol):
    """What convergence asks of an edge."""

    def held(self) -> list[Placement]: ...

    def ordered_at(self, environment_id: int) -> float:
        """When the environment was last ordered to change, by `time.monotonic`; 0 is never."""

    async def bring_back(self, order: Order) -> None:
        """Prepare, check and switch, and retire what it displaced. Raises DeploymentRefused."""

    async def rename(self, placement: Placement, order: Order) -> None:
        """Let it answer at the order's hosts."""

    async def dismiss(self, placement: Placement) -> None:
        """Unroute and retire it."""

    async def refresh(self, placement: Placement) -> None:
        """Tell the proxy its pool again, if a try before has failed."""


@dataclass(slots=True)
class _Memory:
    # A surplus must be seen twice before anything is taken from visitors.
    suspects: set[Placement] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    is_answered: bool = True


class Convergence:
    """Asks at the start and every 30 s. Without an answer the edge goes on with what it has."""

    def __init__(self, edge: Converging, edge_id: int, assignments: Assignments, tasks: Tasks) -> None:
        self._edge = edge
        self._edge_id = edge_id
        self._assignments = assignments
        self._tasks = tasks
        self._memory = _Memory()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._coming: dict[int, asyncio.Task[None]] = {}

    async def begin(self, within_seconds: float) -> None:
        """Ask once and wait for what comes up, at most this long; then go on by itself."""
        await self._pass()
        if self._coming:
            await asyncio.wait(list(self._coming.values()), timeout=within_seconds)
        self._tasks.spawn(self._run(), "converge with the assignments")

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self._pass()
            except Exception:  # a supervisor's loop: the next pass may find things better
                log.exception("convergence broke off")

    async def _pass(self) -> None:
        for placement in self._edge.held():
            await self._edge.refresh(placement)
        orders = await self._ask()
        if orders is None:
            return
        found = compare(self._edge.held(), orders, self._is_settled, monotonic())
        for placement, order in found.renamed:
            await self._try(self._edge.rename(placement, order), "deployment not renamed", order.deployment_id)
        for order in found.missing:
            if order.deployment_id not in self._coming:
                self._coming[order.deployment_id] = self._tasks.spawn(
                    self._bring_back(order), f"bring back deployment {order.deployment_id}"
                )
        for placement in found.surplus:
            if placement in self._memory.suspects:
                log.info("deployment is not assigned any more", extra={"deployment_id": placement.order.deployment_id})
                await self._edge.dismiss(placement)
        self._memory.suspects = set(found.surplus)

    async def _ask(self) -> list[Order] | None:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                orders = await self._assignments.assigned(self._edge_id)
        except (ThakurError, TimeoutError) as error:
            if self._memory.is_answered:
                log.warning("assignments not had, serving on", extra={"reason": str(error) or "no answer"})
            self._memory.is_answered = False
            return None
        self._memory.is_answered = True
        return orders

    def _is_settled(self, environment_id: int) -> bool:
        return monotonic() - self._edge.ordered_at(environment_id) >= SETTLE_SECONDS

    async def _bring_back(self, order: Order) -> None:
        try:
            async with self._gate:
                await self._try(self._edge.bring_back(order), "deployment not brought back", order.deployment_id)
        finally:
            del self._coming[order.deployment_id]

    async def _try(self, work: Awaitable[None], failure: str, deployment_id: int) -> None:
        try:
            await work
        except ThakurError as error:
            if deployment_id not in self._memory.failed:
                log.error(failure, exc_info=error, extra={"deployment_id": deployment_id})  # noqa: TRY400
            self._memory.failed.add(deployment_id)
        else:
            self._memory.failed.discard(deployment_id)
