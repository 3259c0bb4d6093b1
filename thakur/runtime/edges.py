"""Edges, for those who look at them: their names, and what each tells of its host."""

import asyncio
from collections.abc import Mapping

from sqlalchemy import select

from thakur.accounts import Principal
from thakur.db import Database
from thakur.errors import Unavailable
from thakur.runtime.facts import EdgeFacts, EdgeSeen
from thakur.runtime.interface import Edge
from thakur.runtime.models import EdgeRow

LOOK_SECONDS = 3.0


class LocalEdges:
    """Implements Edges: names are rows, facts are asked for."""

    def __init__(self, db: Database, edges: Mapping[int, Edge]) -> None:
        self._db = db
        self._edges = edges

    async def list(self, principal: Principal) -> list[EdgeSeen]:
        del principal  # hosts serve every team
        async with self._db.session() as session:
            rows = (await session.execute(select(EdgeRow.id, EdgeRow.name).order_by(EdgeRow.name))).all()
        facts = await asyncio.gather(*(self._facts(edge_id) for edge_id, _ in rows))
        return [EdgeSeen(name=name, facts=told) for (_, name), told in zip(rows, facts, strict=True)]

    async def _facts(self, edge_id: int) -> EdgeFacts | None:
        edge = self._edges.get(edge_id)
        if edge is None:
            return None
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await edge.facts()
        except (TimeoutError, Unavailable):
            return None
