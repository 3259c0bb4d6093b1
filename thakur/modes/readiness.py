"""What `/ready` asks before it says yes."""

from thakur.db import Database
from thakur.errors import Unavailable
from thakur.proxy import Proxy
from thakur.queue import Queue


class Readiness:
    """Database, queue and proxy, asked afresh each time."""

    def __init__(self, db: Database, queue: Queue, proxy: Proxy) -> None:
        self._db = db
        self._queue = queue
        self._proxy = proxy

    async def missing(self) -> list[str]:
        """Name what is not usable now; empty when all is."""
        found = []
        for name, ping in (("database", self._db.ping), ("queue", self._queue.ping), ("proxy", self._proxy.ping)):
            try:
                await ping()
            except Unavailable:
                found.append(name)
        return found
