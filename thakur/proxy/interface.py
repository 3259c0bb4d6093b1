"""What the proxy promises to the rest of Thakur: routes in, healthy answers out, and word when a pool is drained."""

from typing import Protocol

import msgspec

from thakur.errors import Conflict, Invalid, Unavailable


class Upstream(msgspec.Struct, frozen=True):
    """A replica's address as the proxy sees it; with port 0 a unix socket of that name where the workers stand."""

    host: str
    port: int


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """Where requests of one deployment go: either replicas or a directory of static files, never both.

    `id` is unique on this edge for ever (the deployment's id and a counter), so a pool never changes its meaning.
    `directory` is relative to the directory that the proxy was started with (`static_root`) and holds no link out; so is
    `earlier`: files that are named by their content are looked for there when the directory does not have them, and before
    replicas are asked.
    """

    id: str
    upstreams: tuple[Upstream, ...] = ()
    directory: str | None = None
    is_spa: bool = False
    earlier: str | None = None


class Route(msgspec.Struct, frozen=True):
    """One host name, lower case and without a port, and the pool that answers it."""

    host: str
    pool_id: str


class Answer(msgspec.Struct, frozen=True):
    """What a probe got back: the status, and how long it took."""

    status: int
    seconds: float


class ProxyUnavailable(Unavailable):
    """No proxy worker acknowledged in time; the old table is still in force."""

    code = "proxy_unavailable"


class ProbeFailed(Unavailable):
    """A probe got no answer at all: refused, cut, or too late."""

    code = "probe_failed"


class PortTaken(Conflict):
    """Another process listens where visitors should arrive; the message names it."""

    code = "port_taken"


class AddressUnusable(Invalid):
    """The address is not this host's, or this user may not listen on it."""

    code = "address_unusable"


class PoolRouted(Conflict):
    """The pool still has host names, so it cannot be drained."""

    code = "pool_routed"


class Proxy(Protocol):
    """The control part of the reverse proxy on this edge. All calls are idempotent."""

    async def add(self, pool: Pool) -> None:
        """Make the pool known to every worker, not routed yet; with other upstreams than before it turns to these.

        Raises ProxyUnavailable.
        """

    async def route(self, routes: tuple[Route, ...]) -> None:
        """Put these host names to these pools, in one step per worker, and return when every worker has acknowledged.

        A host that is not named keeps its pool. Raises ProxyUnavailable, and then nothing has changed for good.
        """

    async def unroute(self, hosts: tuple[str, ...]) -> None:
        """Take these host names away: they answer 404 from now on."""

    async def probe(self, pool_id: str, host: str, path: str, within_seconds: float) -> Answer:
        """Ask the pool for a page through a worker's private door, as a visitor of `host` would. Raises ProbeFailed."""

    async def drain(self, pool_id: str, within_seconds: float, streams_seconds: float) -> int:
        """Wait until no request uses the pool, then forget it; returns how many had to be cut.

        The pool must no longer be routed. Plain requests get `within_seconds`; WebSockets and event streams get
        `streams_seconds`. An unknown pool is drained already. Raises PoolRouted, ProxyUnavailable.
        """

    async def ping(self) -> None:
        """Return when a worker serves what it was told. Raises ProxyUnavailable."""

    def listens_on(self) -> str:
        """The address that visitors use, as `host:port`."""
