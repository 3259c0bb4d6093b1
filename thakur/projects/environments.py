"""Environments that come and go, as rows."""

from collections.abc import Collection

from sqlalchemy import select, update

from thakur.db import Database
from thakur.projects.interface import PRODUCTION, Environment
from thakur.projects.models import EnvironmentRow
from thakur.projects.service import DELETIONS
from thakur.queue import Queue

Row = EnvironmentRow


class LocalEnvironments:
    """Implements Environments on the database; the rows go in `deletion.drain`."""

    def __init__(self, db: Database, queue: Queue) -> None:
        self._db = db
        self._queue = queue

    async def previews(self, project_ids: Collection[int] | None = None) -> list[Environment]:
        query = select(Row).where(Row.label != PRODUCTION, Row.status == "active").order_by(Row.id)
        if project_ids is not None:
            query = query.where(Row.project_id.in_(project_ids))
        async with self._db.session() as session:
            return [
                Environment(id=row.id, project_id=row.project_id, label=row.label)
                for row in await session.scalars(query)
            ]

    async def remove(self, project_id: int, label: str) -> None:
        is_it = (Row.project_id == project_id, Row.label == label, Row.label != PRODUCTION, Row.status == "active")
        async with self._db.session() as session:
            await session.execute(update(Row).where(*is_it).values(status="deleting"))
            self._db.after_commit(session, lambda: self._queue.wake(DELETIONS))
