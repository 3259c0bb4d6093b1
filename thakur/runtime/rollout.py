"""One rollout: prepare, check and switch a deployment on every edge, then make it the active one."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from thakur.builds import Failure, Step
from thakur.logs import Entry, Level, Logs
from thakur.runtime.interface import (
    Checked,
    Deployment,
    DeploymentRefused,
    DeploymentStatus,
    Edge,
    Order,
    Prepared,
)
from thakur.runtime.service import LocalRuntime

log = logging.getLogger(__name__)

FAULT = Failure(
    code="internal",
    what="Thakur met an error of its own while it brought this deployment up.",
    why="The server's log has the details.",
    next="Deploy again; if it happens again, run: thakur doctor",
)


class Rollout:
    """The procedure that turns a claimed deployment into the active one, or leaves the old one as it was."""

    def __init__(self, runtime: LocalRuntime, logs: Logs, edges: Mapping[int, Edge]) -> None:
        self._runtime = runtime
        self._store = runtime.store
        self._logs = logs
        self._edges = edges

    async def run(self, deployment_id: int) -> None:
        """Take a deployment that was claimed (`starting`) to its end. Every failure is recorded on it, none is raised."""
        deployment = await self._runtime.by_id(deployment_id)
        steps: list[Step] = []
        try:
            order = await self._runtime.order(deployment)
            await self._prepare(deployment, order, steps)
            await self._check(deployment, order, steps)
            await self._switch(deployment, steps)
        except DeploymentRefused as refusal:
            await self._fail(deployment, refusal.failure, steps, refusal.output)
        except Exception:
            log.exception("rollout broke off", extra={"deployment_id": deployment.id})
            await self._fail(deployment, FAULT, steps)
        finally:
            await self._logs.end(deployment.log_stream_id)

    async def _prepare(self, deployment: Deployment, order: Order, steps: list[Step]) -> None:
        with timed("start", steps):
            for edge_id, edge in self._edges.items():
                prepared = await edge.prepare(order)
                await self._store.mark_on_edge(deployment.id, edge_id, "prepared")
                await self._say(deployment, Level.DEPLOY, started(order, prepared))

    async def _check(self, deployment: Deployment, order: Order, steps: list[Step]) -> None:
        await self._store.move(deployment.id, DeploymentStatus.STARTING, DeploymentStatus.CHECKING)
        with timed("check", steps):
            for edge in self._edges.values():
                checked = await edge.check(deployment.id)
                await self._say(deployment, Level.DEPLOY, answered(order, checked))

    async def _switch(self, deployment: Deployment, steps: list[Step]) -> None:
        with timed("switch", steps):
            for edge_id, edge in self._edges.items():
                await edge.switch(deployment.id)
                await self._store.mark_on_edge(deployment.id, edge_id, "routed")
        replaced = await self._store.activate(deployment, steps, reason="deploy")
        if replaced is None:
            await self._discard(deployment)
            return
        await self._say(deployment, Level.SUCCESS, f"Deployment #{deployment.number} is active at {deployment.url}")
        for deployment_id in replaced:
            for edge_id, edge in self._edges.items():
                await self._store.mark_on_edge(deployment_id, edge_id, "draining")
                await edge.retire(deployment_id)

    async def _fail(
        self,
        deployment: Deployment,
        failure: Failure,
        steps: list[Step],
        output: tuple[str, ...] = (),
    ) -> None:
        await self._discard(deployment)
        await self._store.fail(deployment.id, failure, steps)
        entries = [Entry(line) for line in output]
        entries += [Entry(text, Level.ERROR) for text in (failure.what, failure.why, failure.next) if text]
        if (active := await self._runtime.active_number(deployment.environment_id)) is not None:
            entries.append(Entry(f"Deployment #{active} is still active.", Level.DEPLOY))
        await self._logs.append(deployment.log_stream_id, entries)

    async def _discard(self, deployment: Deployment) -> None:
        for edge in self._edges.values():
            await edge.discard(deployment.id)

    async def _say(self, deployment: Deployment, level: Level, text: str) -> None:
        await self._logs.append(deployment.log_stream_id, [Entry(text, level)])


@contextmanager
def timed(name: str, steps: list[Step]) -> Iterator[None]:
    """Add a step with the seconds that the block took, also when it fails."""
    began = time.monotonic()
    try:
        yield
    finally:
        steps.append(Step(name, round(time.monotonic() - began, 3)))


def started(order: Order, prepared: Prepared) -> str:
    """What a person reads once an edge is prepared."""
    if order.plan.kind == "static":
        return f"Serving the files of artifact {order.digest[:12]}"
    replicas = "1 replica" if len(prepared.ports) == 1 else f"{len(prepared.ports)} replicas"
    ports = ", ".join(str(port) for port in prepared.ports)
    return f"Started {replicas} on port {ports} in {prepared.seconds:.2f} s"


def answered(order: Order, checked: Checked) -> str:
    """What a person reads once the health check passed."""
    return f"Health check GET {order.health.path} answered {checked.status} after {checked.seconds:.2f} s"
