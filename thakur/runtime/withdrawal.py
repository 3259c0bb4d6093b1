"""What a project's deletion takes from edges."""

from collections.abc import Mapping

from thakur.runtime.interface import Edge
from thakur.runtime.store import DeploymentStore


class Withdrawal:
    """Implements projects.DeletionConsumer: ends rollouts first, so that none brings a replica back, then clears edges."""

    def __init__(self, store: DeploymentStore, edges: Mapping[int, Edge]) -> None:
        self._store = store
        self._edges = edges

    async def project_deleted(self, project_id: int) -> None:
        await self._store.cancel_project(project_id)
        for edge in self._edges.values():
            await edge.withdraw(project_id)
