"""What `/ready` asks before it says yes."""

from collections.abc import Mapping

from thakur.db import Database
from thakur.errors import Unavailable
from thakur.queue import Queue
from thakur.runtime import Edge


class Readiness:
    """Database, queue and the edges' proxies, asked afresh each time."""

    def __init__(self, db: Database, queue: Queue, edges: Mapping[int, Edge]) -> None:
        self._db = db
        self._queue = queue
        self._edges = edges

    async def missing(self) -> list[str]:
        """Name what is not usable now; empty when all is."""
        asked = [("database", self._db.ping), ("queue", self._queue.ping)]
        asked += [("proxy", edge.ping) for edge in self._edges.values()]
        found = []
        for name, ping in asked:
            try:
                await ping()
            except Unavailable:
                found.append(name)
        return found
