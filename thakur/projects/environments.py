"""Environments that come and go, as rows."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, select, update

from thakur.db import Database
from thakur.projects.interface import PRODUCTION, Environment
from thakur.projects.models import EnvironmentRow
from thakur.projects.service import DELETIONS
from thakur.queue import Queue

Row = EnvironmentRow
KNOWN = 10_000


class LocalEnvironments:
    """Implements Environments on the database; the rows go in `deletion.drain`."""

    def __init__(self, db: Database, queue: Queue) -> None:
        self._db = db
        self._queue = queue
        # It never goes while its project is there, and ids are not given twice.
        self._productions: dict[int, int] = {}

    async def every(self, project_ids: Collection[int]) -> list[Environment]:
        return await self._where(Row.project_id.in_(project_ids))

    async def productions(self, project_ids: Collection[int]) -> dict[int, int]:
        unknown = set(project_ids) - self._productions.keys()
        if unknown:
            if len(self._productions) > KNOWN:
                self._productions.clear()
            found = await self._where(and_(Row.project_id.in_(unknown), Row.label == PRODUCTION))
            self._productions |= {each.project_id: each.id for each in found}
        return {each: self._productions[each] for each in project_ids if each in self._productions}

    async def previews(self, project_ids: Collection[int] | None = None) -> list[Environment]:
        is_one = Row.label != PRODUCTION
        return await self._where(is_one if project_ids is None else and_(is_one, Row.project_id.in_(project_ids)))

    async def remove(self, project_id: int, label: str) -> None:
        is_it = (Row.project_id == project_id, Row.label == label, Row.label != PRODUCTION, Row.status == "active")
        async with self._db.session() as session:
            await session.execute(update(Row).where(*is_it).values(status="deleting"))
            self._db.after_commit(session, lambda: self._queue.wake(DELETIONS))

    async def _where(self, which: ColumnElement[bool]) -> list[Environment]:
        query = select(Row).where(which, Row.status == "active").order_by(Row.id)
        async with self._db.session() as session:
            return [
                Environment(id=row.id, project_id=row.project_id, label=row.label)
                for row in await session.scalars(query)
            ]
