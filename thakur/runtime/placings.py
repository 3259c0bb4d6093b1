"""Placings: what each edge was last known to make of a deployment."""

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.db import Database
from thakur.runtime.deployments.store import ONCE_ACTIVE
from thakur.runtime.models import DeploymentEdgeRow, DeploymentRow

HELD = ("prepared", "routed")


class Placings:
    """Written before an edge is told to bring up, and after it was told to let go: what is on an edge is always known."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def mark(self, deployment_id: int, edge_id: int, status: str) -> None:
        """Keep what the edge makes of the deployment from now on."""
        async with self._db.session() as session:
            statement = insert(DeploymentEdgeRow).values(deployment_id=deployment_id, edge_id=edge_id, status=status)
            await session.execute(
                statement.on_conflict_do_update(
                    index_elements=[DeploymentEdgeRow.deployment_id, DeploymentEdgeRow.edge_id],
                    set_={"status": status, "updated_at": func.now()},
                ),
            )

    async def move(self, deployment_id: int, edge_id: int, status: str) -> None:
        """Keep what became of the deployment there, if it was ever there."""
        async with self._db.session() as session:
            await session.execute(
                update(DeploymentEdgeRow)
                .where(DeploymentEdgeRow.deployment_id == deployment_id, DeploymentEdgeRow.edge_id == edge_id)
                .values(status=status, updated_at=func.now()),
            )

    async def replaced(self, environment_id: int) -> list[tuple[int, int]]:
        """Deployments of the environment that are not active any more, each with an edge that runs it still."""
        async with self._db.session() as session:
            found = await session.execute(
                select(DeploymentEdgeRow.deployment_id, DeploymentEdgeRow.edge_id)
                .join(DeploymentRow, DeploymentRow.id == DeploymentEdgeRow.deployment_id)
                .where(
                    DeploymentRow.environment_id == environment_id,
                    DeploymentRow.status.in_(ONCE_ACTIVE),
                    DeploymentEdgeRow.status.in_(HELD),
                )
                .order_by(DeploymentEdgeRow.deployment_id),
            )
            return [(deployment_id, edge_id) for deployment_id, edge_id in found]
