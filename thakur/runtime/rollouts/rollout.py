"""One rollout: prepare, check and switch a deployment on every edge, then make it the active one."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from thakur.builds import Failure, Step
from thakur.db import DatabaseUnavailable
from thakur.errors import ThakurError
from thakur.logs import Entry, Level, Logs, StreamNotFound
from thakur.runtime.interface import Deployment, DeploymentNotFound, DeploymentRefused, Edge, Order
from thakur.runtime.placings import Placings
from thakur.runtime.rollouts.aftermath import Aftermath
from thakur.runtime.rollouts.claims import Claim, Claims
from thakur.runtime.rollouts.interrupts import Interrupted, Interrupts
from thakur.runtime.rollouts.told import answered, failed, failure_of, started
from thakur.runtime.rollouts.watching import Watch
from thakur.runtime.service import LocalRuntime

log = logging.getLogger(__name__)

FAULT = Failure(
    code="internal",
    what="Thakur met an error of its own while it brought this deployment up.",
    why="The server's log has the details.",
    next="Deploy again; if it happens again, run: thakur doctor",
)


@dataclass(slots=True)
class _Course:
    claim: Claim
    deployment: Deployment
    watch: Watch
    steps: list[Step] = field(default_factory=list)


class Rollout:
    """The procedure that turns a claimed deployment into the active one, or leaves the active one as it was."""

    def __init__(
        self,
        runtime: LocalRuntime,
        claims: Claims,
        placings: Placings,
        interrupts: Interrupts,
        aftermath: Aftermath,
        logs: Logs,
        edges: Mapping[int, Edge],
    ) -> None:
        self._runtime = runtime
        self._claims = claims
        self._placings = placings
        self._interrupts = interrupts
        self._aftermath = aftermath
        self._logs = logs
        self._edges = edges

    async def run(self, claim: Claim) -> None:
        """Take a claim to its end. Whatever fails is recorded on the deployment and not raised.

        Raises DatabaseUnavailable, and then nothing is undone: the deployment may be serving, and is taken up again.
        """
        try:
            deployment = await self._runtime.by_id(claim.deployment_id)
            # A comeback goes on in the log that had ended.
            await self._logs.open_build(deployment.project_id, deployment.number)
            await self._attempt(_Course(claim, deployment, Watch(self._logs, deployment)))
        except (DeploymentNotFound, StreamNotFound):
            log.info("deployment was deleted under its rollout", extra={"deployment_id": claim.deployment_id})
        await self._aftermath.settle(claim)

    async def _attempt(self, course: _Course) -> None:
        deployment = course.deployment
        try:
            async with self._interrupts.stretch(deployment.id):
                order = await self._runtime.order(deployment)
                await self._prepare(course, order)
                await self._check(course, order)
            # From the first edge's switch to the activation nothing breaks it off: the activation tells if it was wanted.
            await self._switch(course)
        except Interrupted:
            log.info("rollout is not wanted any more", extra={"deployment_id": deployment.id})
        except DeploymentRefused as refusal:
            await self._fail(course, refusal.failure, refusal.output)
        except (DatabaseUnavailable, StreamNotFound):
            raise
        except ThakurError as error:
            await self._fail(course, Failure(code=error.code, what=error.message, next=error.hint))
        except Exception:  # the job's shell: a bug in one rollout must not stop the others
            log.exception("rollout broke off", extra={"deployment_id": deployment.id})
            await self._fail(course, FAULT)

    async def _prepare(self, course: _Course, order: Order) -> None:
        with timed("start", course.steps):
            for edge_id, edge in self._edges.items():
                await self._placings.mark(course.deployment.id, edge_id, "prepared")
                prepared = await edge.prepare(order)
                await self._say(course.deployment, Level.DEPLOY, started(order, prepared))

    async def _check(self, course: _Course, order: Order) -> None:
        if not await self._claims.check(course.claim):
            raise Interrupted
        with timed("check", course.steps):
            for edge in self._edges.values():
                checked = await course.watch.check(edge)
                checked = msgspec.structs.replace(checked, notes=course.watch.unsaid(checked.notes))
                await self._logs.append(course.deployment.log_stream_id, answered(order, checked))

    async def _switch(self, course: _Course) -> None:
        deployment = course.deployment
        with timed("switch", course.steps):
            for edge_id, edge in self._edges.items():
                await edge.switch(deployment.id)
                await self._placings.mark(deployment.id, edge_id, "routed")
        if await self._claims.activate(course.claim, course.steps):
            text = f"Deployment #{deployment.number} is active at {deployment.url}"
            await self._say(deployment, Level.SUCCESS, text)

    async def _fail(self, course: _Course, failure: Failure, output: tuple[str, ...] = ()) -> None:
        active = await self._runtime.active_in(course.deployment.environment_id)
        if await self._claims.fail(course.claim, failure_of(failure, active), course.steps):
            lines = failed(failure, course.watch.unsaid(output), active)
            await self._logs.append(course.deployment.log_stream_id, lines)

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
