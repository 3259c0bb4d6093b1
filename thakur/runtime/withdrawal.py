"""What the deletion of a project, or of an environment, takes from edges."""

import asyncio
from collections.abc import Mapping

from thakur.queue import ROLLOUTS, Queue
from thakur.runtime.deployments.store import DeploymentStore
from thakur.runtime.interface import Edge, RolloutUnderWay
from thakur.runtime.rollouts.interrupts import Interrupts

SETTLE_SECONDS = 5.0
LOOK_SECONDS = 0.05


class Withdrawal:
    """Implements projects.DeletionConsumer: ends rollouts first, so that none brings a replica back, then clears edges."""

    def __init__(self, store: DeploymentStore, interrupts: Interrupts, queue: Queue, edges: Mapping[int, Edge]) -> None:
        self._store = store
        self._interrupts = interrupts
        self._queue = queue
        self._edges = edges

    async def project_deleted(self, project_id: int) -> None:
        await self._withdraw(project_id)

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        await self._withdraw(project_id, environment_id)

    async def _withdraw(self, project_id: int, environment_id: int | None = None) -> None:
        await self._store.cancel_project(project_id, environment_id)
        self._interrupts.interrupt(await self._store.held(project_id, environment_id))
        await self._queue.wake(ROLLOUTS)
        await self._settled(project_id, environment_id)
        if environment_id is not None:
            # Else its edges would be told to bring it back until the row is gone.
            await self._store.retire_all(environment_id)
        for edge in self._edges.values():
            await edge.withdraw(project_id, environment_id)

    async def _settled(self, project_id: int, environment_id: int | None) -> None:
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while await self._store.held(project_id, environment_id):
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError as error:
            raise RolloutUnderWay("A rollout of the project is just being ended.") from error
