"""An edge without processes: it keeps its orders, and is told what to refuse."""

import asyncio

from thakur.builds import Failure
from thakur.runtime import (
    Checked,
    DeploymentRefused,
    EdgeFacts,
    EdgeUnavailable,
    Order,
    Prepared,
    ReplicaState,
    ReplicaStatus,
)

REFUSED = Failure(code="refused", what="The edge was told to refuse this.", why="A test asked for it.", next="Go on.")


class FakeEdge:
    def __init__(self) -> None:
        self.orders: dict[int, Order] = {}
        self.routed: set[int] = set()
        self.retired: list[int] = []
        self.withdrawn: list[int] = []
        self.refuses_to_prepare: set[int] = set()
        self.refuses_to_check: set[int] = set()
        self.is_away = False
        self.sees: list[str] = []
        self.may_check = asyncio.Event()
        self.may_check.set()

    async def ping(self) -> None:
        return

    async def facts(self) -> EdgeFacts:
        self._answer_if_here()
        return EdgeFacts(
            version="0.1.0",
            cpus=2,
            load=0.5,
            memory_bytes=2_000_000_000,
            memory_used_bytes=1_000_000_000,
            disk_bytes=20_000_000_000,
            disk_used_bytes=5_000_000_000,
            replicas=sum(order.replicas for order in self.orders.values() if order.plan.kind == "server"),
            enforced=("sandbox",),
            not_enforced={"memory": "no cgroup"},
        )

    async def prepare(self, order: Order) -> Prepared:
        self._answer_if_here()
        if order.deployment_id in self.refuses_to_prepare:
            raise DeploymentRefused(REFUSED, ("last line",))
        self.orders[order.deployment_id] = order
        ports = () if order.plan.kind == "static" else tuple(20_000 + number for number in range(order.replicas))
        return Prepared(ports=ports, seconds=0.1)

    async def check(self, deployment_id: int) -> Checked:
        self._held(deployment_id)
        await self.may_check.wait()
        if deployment_id in self.refuses_to_check:
            raise DeploymentRefused(REFUSED, ("last line",))
        return Checked(status=200, attempts=2, seconds=0.1)

    async def seen(self, deployment_id: int) -> tuple[str, ...]:
        self._answer_if_here()
        return tuple(self.sees) if deployment_id in self.orders else ()

    async def switch(self, deployment_id: int) -> None:
        order = self._held(deployment_id)
        self.routed -= {held for held in self.routed if self.orders[held].environment_id == order.environment_id}
        self.routed.add(deployment_id)

    async def retire(self, deployment_id: int) -> None:
        if deployment_id in self.routed:
            raise DeploymentRefused(REFUSED)
        if self.orders.pop(deployment_id, None):
            self.retired.append(deployment_id)

    async def restart(self, order: Order) -> Checked:
        if order.deployment_id not in self.routed:
            raise DeploymentRefused(REFUSED)
        return await self.check(order.deployment_id)

    async def discard(self, deployment_id: int) -> None:
        self._answer_if_here()
        self.orders.pop(deployment_id, None)
        self.routed.discard(deployment_id)

    async def withdraw(self, project_id: int, environment_id: int | None = None) -> None:
        self._answer_if_here()
        for deployment_id, order in list(self.orders.items()):
            if order.project_id == project_id and environment_id in (None, order.environment_id):
                await self.discard(deployment_id)
        self.withdrawn.append(project_id)

    async def status(self, deployment_id: int) -> tuple[ReplicaStatus, ...]:
        self._answer_if_here()
        order = self.orders.get(deployment_id)
        if order is None or order.plan.kind == "static":
            return ()
        return tuple(
            ReplicaStatus(number=number, port=20_000 + number, state=ReplicaState.RUNNING)
            for number in range(order.replicas)
        )

    def _answer_if_here(self) -> None:
        if self.is_away:
            raise EdgeUnavailable("The edge is away.")

    def _held(self, deployment_id: int) -> Order:
        self._answer_if_here()
        if deployment_id not in self.orders:
            raise DeploymentRefused(REFUSED)
        return self.orders[deployment_id]
