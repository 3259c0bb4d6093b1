"""What follows from a rollout's end, however it ended: edges let go of what nobody wants, the log ends, the claim is given up."""

import logging
from collections.abc import Mapping
from contextlib import suppress

from thakur.errors import ThakurError, Unavailable
from thakur.logs import Entry, Level, Logs, StreamNotFound
from thakur.runtime.deployments.store import UNFINISHED
from thakur.runtime.interface import Deployment, DeploymentNotFound, Edge
from thakur.runtime.placings import Placings
from thakur.runtime.rollouts.claims import Claim, Claims
from thakur.runtime.service import LocalRuntime
from thakur.runtime.statuses import DeploymentStatus

log = logging.getLogger(__name__)


class Aftermath:
    """`settle` may run twice, and by another process than the rollout's when that one has died."""

    def __init__(
        self,
        runtime: LocalRuntime,
        claims: Claims,
        placings: Placings,
        logs: Logs,
        edges: Mapping[int, Edge],
    ) -> None:
        self._runtime = runtime
        self._claims = claims
        self._placings = placings
        self._logs = logs
        self._edges = edges

    async def settle(self, claim: Claim) -> None:
        """Put in order what the claim leaves. Until then its environment has no other rollout."""
        try:
            deployment = await self._runtime.by_id(claim.deployment_id)
        except DeploymentNotFound:
            await self._discard(claim.deployment_id)
            return
        if deployment.status in UNFINISHED:
            # Ended and asked for again in one moment: it begins anew.
            await self._claims.release(claim)
            return
        if deployment.status is DeploymentStatus.ACTIVE:
            await self._retire_replaced(deployment)
        else:
            await self._discard(deployment.id)
        await self._logs.end(deployment.log_stream_id)
        await self._claims.finish(claim)

    async def tell(self, stream_id: int, text: str) -> None:
        """A line for whoever reads the log of a rollout that lost its worker."""
        with suppress(StreamNotFound):
            await self._logs.append(stream_id, [Entry(text, Level.WARNING)])

    async def _retire_replaced(self, deployment: Deployment) -> None:
        for deployment_id, edge_id in await self._placings.replaced(deployment.environment_id):
            if (edge := self._edges.get(edge_id)) is None:
                continue
            try:
                await edge.retire(deployment_id)
            except ThakurError as error:
                # The edge makes itself equal to its assignments when it is back.
                _left(deployment_id, edge_id, error)
            await self._placings.move(deployment_id, edge_id, "draining")

    async def _discard(self, deployment_id: int) -> None:
        for edge_id, edge in self._edges.items():
            try:
                await edge.discard(deployment_id)
            except Unavailable as error:
                _left(deployment_id, edge_id, error)
            await self._placings.move(deployment_id, edge_id, "gone")


def _left(deployment_id: int, edge_id: int, error: ThakurError) -> None:
    log.warning(
        "edge could not let go of a deployment",
        exc_info=error,
        extra={"deployment_id": deployment_id, "edge_id": edge_id},
    )
