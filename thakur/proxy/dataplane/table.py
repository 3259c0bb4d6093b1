"""Which pool answers a host: an immutable snapshot, swapped whole, over pools that live as long as a request uses them."""

from typing import TYPE_CHECKING, Any

from thakur.proxy.dataplane.head import host_name
from thakur.proxy.dataplane.trust import Network, read_networks

if TYPE_CHECKING:
    from thakur.proxy.dataplane.static.site import Site
    from thakur.proxy.dataplane.upstream import UpstreamConnection


class Upstream:
    """A replica's address, the idle connections to it (the warmest last) and how many requests it has."""

    __slots__ = ("host", "idle", "in_flight", "port", "rests_until")

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.idle: list[UpstreamConnection] = []
        self.in_flight = 0
        self.rests_until = 0.0


class Pool:
    """Where one deployment's requests go, and how many of them are on their way: plain requests and streams."""

    __slots__ = (
        "directory",
        "earlier",
        "earlier_site",
        "has_files",
        "id",
        "is_spa",
        "is_watched",
        "left_table",
        "requests",
        "site",
        "streams",
        "turn",
        "upstreams",
    )

    def __init__(
        self,
        pool_id: str,
        upstreams: list[Upstream],
        directory: str | None = None,
        *,
        is_spa: bool = False,
        earlier: str | None = None,
    ) -> None:
        self.id = pool_id
        self.upstreams = upstreams
        self.directory = directory
        self.is_spa = is_spa
        self.earlier = earlier
        self.has_files = directory is not None or earlier is not None
        self.site: Site | None = None
        self.earlier_site: Site | None = None
        self.requests = 0
        self.streams = 0
        self.left_table = False
        self.is_watched = False
        self.turn = 0

    def pick(self, now: float, other_than: Upstream | None = None) -> Upstream | None:
        """The upstream with least to do; one that refused a moment ago only when there is no other."""
        upstreams = self.upstreams
        if len(upstreams) == 1 and other_than is None:
            return upstreams[0]
        self.turn += 1
        best: Upstream | None = None
        for place in range(len(upstreams)):
            upstream = upstreams[(place + self.turn) % len(upstreams)]
            if upstream is not other_than and (best is None or _is_better(upstream, best, now)):
                best = upstream
        return best

    def become_stream(self) -> None:
        """A request turns out to last."""
        self.requests -= 1
        self.streams += 1

    def end(self, *, is_stream: bool) -> bool:
        """A request or stream has ended; true when it was the last one and somebody waits for that."""
        if is_stream:
            self.streams -= 1
        else:
            self.requests -= 1
        return (self.left_table or self.is_watched) and self.requests == 0 and self.streams == 0

    def turn_to(self, addresses: list[tuple[str, int]]) -> None:
        """Give the next requests to these upstreams; what an earlier one has in hand it finishes."""
        known = {(upstream.host, upstream.port): upstream for upstream in self.upstreams}
        self.upstreams = [known.get(address) or Upstream(*address) for address in addresses]

    def close_files(self) -> None:
        """Give back what is open of its directories."""
        for site in (self.site, self.earlier_site):
            if site is not None:
                site.close()
        self.site = self.earlier_site = None

    def is_unused(self) -> bool:
        """Nothing claims it."""
        return self.requests == 0 and self.streams == 0


class Table:
    """One version: host → pool and id → pool, and which proxies in front are believed."""

    __slots__ = ("hosts", "pools", "trusted", "version")

    def __init__(self, version: int = 0) -> None:
        self.version = version
        self.hosts: dict[bytes, Pool] = {}
        self.pools: dict[str, Pool] = {}
        self.trusted: tuple[Network, ...] = ()

    def find(self, host: bytes) -> Pool | None:
        """The pool for a Host field as the visitor wrote it. Raises Refused when that is no host."""
        pool = self.hosts.get(host)
        if pool is None:
            pool = self.hosts.get(host_name(host))
        return pool

    def succeed(self, message: dict[str, Any]) -> "Table":
        """The next version as the control part tells it; a pool that both know stays the same object."""
        table = Table(int(message["version"]))
        table.trusted = read_networks(message.get("trusted") or [])
        for told in message["pools"]:
            pool_id = str(told["id"])
            table.pools[pool_id] = pool = self.pools.get(pool_id) or _pool(pool_id, told)
            pool.turn_to([(str(host), int(port)) for host, port in told.get("upstreams") or ()])
        for host, pool_id in message["routes"].items():
            table.hosts[host.encode("ascii")] = table.pools[pool_id]
        return table


def _is_better(upstream: Upstream, best: Upstream, now: float) -> bool:
    rests, best_rests = upstream.rests_until > now, best.rests_until > now
    if rests != best_rests:
        return best_rests
    return upstream.in_flight < best.in_flight


def _pool(pool_id: str, told: dict[str, Any]) -> Pool:
    return Pool(pool_id, [], told.get("directory"), is_spa=bool(told.get("is_spa")), earlier=told.get("earlier"))
