"""Edges, for those who look at them: their names, and what each tells of its host."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import select

from thakur.accounts import Principal
from thakur.db import Database
from thakur.errors import Unavailable
from thakur.runtime.facts import EdgeSeen, ReplicasSeen
from thakur.runtime.interface import Edge
from thakur.runtime.models import EdgeRow

LOOK_SECONDS = 3.0

Told = TypeVar("Told")


class LocalEdges:
    """Implements Edges: names are rows, facts are asked for."""

    def __init__(self, db: Database, edges: Mapping[int, Edge]) -> None:
        self._db = db
        self._edges = edges

    async def replicas(self, deployment_id: int) -> list[ReplicasSeen]:
        seen = await self._look(lambda edge: edge.status(deployment_id))
        return [ReplicasSeen(edge=name, replicas=replicas) for name, replicas in seen]

    async def list(self, principal: Principal) -> list[EdgeSeen]:
        del principal  # hosts serve every team
        seen = await self._look(lambda edge: edge.facts())
        return [EdgeSeen(name=name, facts=facts) for name, facts in seen]

    async def _look(self, ask: Callable[[Edge], Awaitable[Told]]) -> Sequence[tuple[str, Told | None]]:
        async with self._db.session() as session:
            rows = (await session.execute(select(EdgeRow.id, EdgeRow.name).order_by(EdgeRow.name))).all()
        answers = await asyncio.gather(*(self._answer(edge_id, ask) for edge_id, _ in rows))
        return [(name, answer) for (_, name), answer in zip(rows, answers, strict=True)]

    async def _answer(self, edge_id: int, ask: Callable[[Edge], Awaitable[Told]]) -> Told | None:
        edge = self._edges.get(edge_id)
        if edge is None:
            return None
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await ask(edge)
        except (TimeoutError, Unavailable):
            return None
