"""What all connections of one worker share: the table in force, the limits, and who is to hear of a drained pool."""

from collections.abc import Callable

from thakur.proxy.dataplane.crowd import Crowd, limit_of
from thakur.proxy.dataplane.journal import Journal
from thakur.proxy.dataplane.limits import Limits
from thakur.proxy.dataplane.loop import Loop
from thakur.proxy.dataplane.table import Pool, Table


class Plane:
    """The data plane's state. A table is swapped whole, between two events."""

    def __init__(self, limits: Limits, journal: Journal, root_fd: int = -1) -> None:
        self.limits = limits
        self.journal = journal
        self.root_fd = root_fd
        self.loop = Loop(limits.sweep_seconds)
        self.table = Table()
        self.draining: dict[str, Pool] = {}
        self.buffer = memoryview(bytearray(128 * 1024))
        self.connections = 0
        self.connections_limit = limits.connections
        self.crowd = Crowd(limits.address_connections or limit_of(limits.connections))
        self.is_leaving = False
        self.on_unused: Callable[[Pool], None] = _tell_nobody

    def install(self, table: Table) -> None:
        """Put a table in force. What left it keeps the requests that it has and gets no new one."""
        before = self.table
        self.table = table
        for pool_id, pool in before.pools.items():
            if pool_id not in table.pools:
                pool.left_table = True
                if not pool.is_unused():
                    self.draining[pool_id] = pool
                forsake(pool)

    def find_pool(self, pool_id: str) -> Pool | None:
        """A pool that is in force or still draining."""
        return self.table.pools.get(pool_id) or self.draining.get(pool_id)

    def let_go(self, pool: Pool) -> None:
        """A request of this pool has ended, and nothing uses it any more."""
        if pool.left_table:
            self.draining.pop(pool.id, None)
            forsake(pool)
        if pool.is_watched:
            pool.is_watched = False
            self.on_unused(pool)

    def client_came(self, address: bytes) -> None:
        """Count a visitor in."""
        self.connections += 1
        self.crowd.enter(address)

    def client_left(self, address: bytes) -> None:
        """Count a visitor out; the last one ends a worker that is leaving."""
        self.connections -= 1
        self.crowd.leave(address)
        if self.is_leaving and self.connections == 0:
            self.loop.stop()


def _tell_nobody(_pool: Pool) -> None:
    pass


def forsake(pool: Pool) -> None:
    """Close what is kept open for a pool without being in use."""
    for upstream in pool.upstreams:
        for connection in list(upstream.idle):
            connection.close()
    if pool.is_unused():
        pool.close_files()
