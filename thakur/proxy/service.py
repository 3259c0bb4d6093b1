"""The control part of the proxy on this host: which host leads where, told to every worker before it counts."""

import asyncio
import contextlib
from collections.abc import Iterable

from thakur.proxy.dataplane.wire import Message
from thakur.proxy.interface import Answer, Pool, PoolRouted, ProbeFailed, ProxyUnavailable, Route
from thakur.proxy.probing import ask
from thakur.proxy.supervisor import Supervisor
from thakur.settings import Network

TABLE_SECONDS = 15.0
REVERT_SECONDS = 1.0
STOP_SECONDS = 12.0  # a worker gives its visitors 10


class LocalProxy:
    """Implements Proxy over the workers of one Supervisor; `trusted` proxies in front are believed.

    The mutable state is one table, `_pools` and `_routes`; it is replaced, never changed, and only once every worker
    has acknowledged its successor.
    """

    def __init__(self, supervisor: Supervisor, trusted: Iterable[Network] = ()) -> None:
        self._supervisor = supervisor
        self._trusted = [str(network) for network in trusted]
        self._pools: dict[str, Pool] = {}
        self._routes: dict[str, str] = {}
        self._version = 0
        self._pushing = asyncio.Lock()

    async def start(self, pools: Iterable[Pool] = (), routes: Iterable[Route] = ()) -> None:
        """Run the workers, or take over those of an earlier start; their first table holds these pools and routes too.

        Raises PortTaken, AddressUnusable, ProxyUnavailable.
        """
        self._pools = self._pools | {pool.id: pool for pool in pools}
        self._routes = self._routes | {route.host: route.pool_id for route in routes}
        self._version = await self._supervisor.take_over()
        await self._supervisor.start(self._message(self._pools, self._routes))

    async def stop(self, drain_seconds: float = STOP_SECONDS) -> None:
        """Let visitors' requests finish, then end the workers."""
        await self._supervisor.stop(drain_seconds)

    async def release(self) -> None:
        """Let go of the workers: they serve what they know until the next start."""
        await self._supervisor.release()

    async def add(self, pool: Pool) -> None:
        async with self._pushing:
            if self._pools.get(pool.id) != pool:
                await self._push({**self._pools, pool.id: pool}, self._routes)

    async def route(self, routes: tuple[Route, ...]) -> None:
        async with self._pushing:
            wanted = self._routes | {route.host: route.pool_id for route in routes}
            for route in routes:
                if route.pool_id not in self._pools:
                    raise ProxyUnavailable(f"The proxy does not know the pool {route.pool_id} of {route.host}.")
            if wanted != self._routes:
                await self._push(self._pools, wanted)

    async def unroute(self, hosts: tuple[str, ...]) -> None:
        async with self._pushing:
            wanted = {host: pool_id for host, pool_id in self._routes.items() if host not in hosts}
            if wanted != self._routes:
                await self._push(self._pools, wanted)

    async def probe(self, pool_id: str, host: str, path: str, within_seconds: float) -> Answer:
        try:
            door = self._supervisor.next_door()
        except ProxyUnavailable as error:
            raise ProbeFailed(error.message, hint=error.hint) from error
        return await ask(door, pool_id, host, path, within_seconds)

    async def drain(self, pool_id: str, within_seconds: float, streams_seconds: float) -> int:
        async with self._pushing:
            if hosts := [host for host, routed in self._routes.items() if routed == pool_id]:
                raise PoolRouted(f"{', '.join(sorted(hosts))} still leads to the pool {pool_id}.")
            if pool_id in self._pools:
                remaining = {each: pool for each, pool in self._pools.items() if each != pool_id}
                await self._push(remaining, self._routes)
        return await self._supervisor.drain(pool_id, within_seconds, streams_seconds)

    async def ping(self) -> None:
        self._supervisor.next_door()

    def listens_on(self) -> str:
        return str(self._supervisor.listens_on)

    async def _push(self, pools: dict[str, Pool], routes: dict[str, str]) -> None:
        try:
            await self._supervisor.install(self._message(pools, routes), TABLE_SECONDS)
        except BaseException:
            # Some workers may have the new table already, so the old one goes out again, as a newer version. A worker
            # that does not answer now gets it when it does.
            with contextlib.suppress(ProxyUnavailable):
                await self._supervisor.install(self._message(self._pools, self._routes), REVERT_SECONDS)
            raise
        self._pools, self._routes = pools, routes

    def _message(self, pools: dict[str, Pool], routes: dict[str, str]) -> Message:
        self._version += 1
        return {
            "kind": "table",
            "version": self._version,
            "pools": [_told(pool) for pool in pools.values()],
            "routes": dict(routes),
            "trusted": self._trusted,
        }


def _told(pool: Pool) -> dict[str, object]:
    return {
        "id": pool.id,
        "upstreams": [[upstream.host, upstream.port] for upstream in pool.upstreams],
        "directory": pool.directory,
        "is_spa": pool.is_spa,
        "earlier": pool.earlier,
    }
