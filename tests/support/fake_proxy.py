"""A proxy without workers: it keeps the tables, asks upstreams itself, and is told how to fail."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from thakur.proxy import Answer, Pool, ProbeFailed, ProxyUnavailable, Route


class FakeProxy:
    def __init__(self, static_root: Path) -> None:
        self.pools: dict[str, Pool] = {}
        self.routes: dict[str, str] = {}
        self.drained: list[str] = []
        self.probes: list[str] = []
        self.is_away = False
        self.may_drain = asyncio.Event()
        self.may_drain.set()
        self.cut = 0
        self._static_root = static_root

    async def add(self, pool: Pool) -> None:
        self._refuse_if_away()
        self.pools[pool.id] = pool

    async def route(self, routes: tuple[Route, ...]) -> None:
        self._refuse_if_away()
        for route in routes:
            assert route.pool_id in self.pools, f"{route.host} to an unknown pool"
            self.routes[route.host] = route.pool_id

    async def unroute(self, hosts: tuple[str, ...]) -> None:
        self._refuse_if_away()
        for host in hosts:
            self.routes.pop(host, None)

    async def probe(self, pool_id: str, host: str, path: str, within_seconds: float) -> Answer:
        began_at = time.monotonic()
        self.probes.append(pool_id)
        pool = self.pools[pool_id]
        if pool.directory is not None:
            file = self._static_root / pool.directory / (path.lstrip("/") or "index.html")
            return Answer(200 if file.is_file() else 404, 0.0)
        if not pool.upstreams:
            # Its replica was seen to listen by the one who asks and not by its keeper yet.
            raise ProbeFailed("no upstream")
        try:
            async with asyncio.timeout(within_seconds):
                status, _ = await get(pool.upstreams[0].port, path, host)
        except (OSError, EOFError, TimeoutError) as error:
            raise ProbeFailed("no answer") from error
        return Answer(status, time.monotonic() - began_at)

    async def drain(self, pool_id: str, within_seconds: float, streams_seconds: float) -> int:
        self._refuse_if_away()
        assert pool_id not in self.routes.values(), "a routed pool cannot be drained"
        with suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                await self.may_drain.wait()
        self.pools.pop(pool_id, None)
        self.drained.append(pool_id)
        return self.cut

    def listens_on(self) -> str:
        return "127.0.0.1:8080"

    def _refuse_if_away(self) -> None:
        if self.is_away:
            raise ProxyUnavailable("No worker acknowledged.")


async def get(port: int, path: str = "/", host: str = "shop.localhost") -> tuple[int, str]:
    """One plain GET to 127.0.0.1; the status and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(-1)
    finally:
        writer.close()
        await writer.wait_closed()
    if not answer:
        raise EOFError("closed without an answer")
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()
