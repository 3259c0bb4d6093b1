"""One restart: new replicas for what is active, edge by edge, while the old ones serve."""

import logging
from collections.abc import Mapping

from thakur.builds import Failure
from thakur.db import DatabaseUnavailable
from thakur.errors import ThakurError
from thakur.logs import Entry, Level, Logs, StreamNotFound
from thakur.runtime.interface import Deployment, DeploymentNotFound, DeploymentRefused, Edge
from thakur.runtime.rollouts.aftermath import Aftermath
from thakur.runtime.rollouts.claims import Claim, Claims
from thakur.runtime.rollouts.interrupts import Interrupted, Interrupts
from thakur.runtime.rollouts.told import answered, broken_off, failed, failure_of
from thakur.runtime.service import LocalRuntime

log = logging.getLogger(__name__)

FAULT = Failure(
    code="internal",
    what="Thakur met an error of its own while it restarted this deployment.",
    why="The server's log has the details.",
    next="Restart it again; if it happens again, run: thakur doctor",
)


class Restart:
    """The procedure for a claimed restart. The deployment is active before, meanwhile and afterwards."""

    def __init__(
        self,
        runtime: LocalRuntime,
        claims: Claims,
        interrupts: Interrupts,
        aftermath: Aftermath,
        logs: Logs,
        edges: Mapping[int, Edge],
    ) -> None:
        self._runtime = runtime
        self._claims = claims
        self._interrupts = interrupts
        self._aftermath = aftermath
        self._logs = logs
        self._edges = edges

    async def run(self, claim: Claim) -> None:
        """Take a claim to its end. Whatever fails is recorded and not raised, but for DatabaseUnavailable."""
        try:
            deployment = await self._runtime.by_id(claim.deployment_id)
            await self._logs.open_build(deployment.project_id, deployment.number)
            await self._attempt(claim, deployment)
        except (DeploymentNotFound, StreamNotFound):
            log.info("deployment was deleted under its restart", extra={"deployment_id": claim.deployment_id})
        await self._aftermath.settle(claim)

    async def _attempt(self, claim: Claim, deployment: Deployment) -> None:
        try:
            async with self._interrupts.stretch(deployment.id):
                order = await self._runtime.order(deployment)
                for edge in self._edges.values():
                    checked = await edge.restart(order)
                    await self._logs.append(deployment.log_stream_id, answered(order, checked))
            await self._say(deployment, Level.SUCCESS, f"Deployment #{deployment.number} was restarted")
        except DeploymentRefused as refusal:
            await self._fail(claim, deployment, refusal.failure, refusal.output)
        except Interrupted:
            await self._fail(claim, deployment, broken_off(deployment.number))
        except (DatabaseUnavailable, StreamNotFound):
            raise
        except ThakurError as error:
            await self._fail(claim, deployment, Failure(code=error.code, what=error.message, next=error.hint))
        except Exception:  # the job's shell: a bug in one restart must not stop the rollouts of others
            log.exception("restart broke off", extra={"deployment_id": deployment.id})
            await self._fail(claim, deployment, FAULT)

    async def _fail(
        self,
        claim: Claim,
        deployment: Deployment,
        failure: Failure,
        output: tuple[str, ...] = (),
    ) -> None:
        await self._claims.fail_restart(claim, failure_of(failure, deployment))
        await self._logs.append(deployment.log_stream_id, failed(failure, output, deployment))

    async def _say(self, deployment: Deployment, level: Level, text: str) -> None:
        await self._logs.append(deployment.log_stream_id, [Entry(text, level)])
