"""The assets of all environments of an edge: kept when a deployment loses its hosts, removed when they have had their time."""

import asyncio
import logging
import shutil
import time
from collections import defaultdict
from functools import partial
from pathlib import Path

from thakur.background import to_end
from thakur.runtime.edge.assets.shelf import Shelf
from thakur.runtime.edge.assets.sources import sources
from thakur.runtime.interface import Order

EVERY_SECONDS = 3600.0
ASSETS = ".assets"

log = logging.getLogger(__name__)


class Assets:
    """`root` is where the workers see files: `root/PROJECT/.assets/ENVIRONMENT`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def keep(self, order: Order, artifact: Path) -> None:
        """The deployment is about to lose its hosts. What cannot be kept is not: the switch matters more."""
        shelf = Shelf(self._root / assets_directory(order))
        async with self._locks[order.project_id]:
            try:
                await to_end(lambda: shelf.keep(artifact, sources(artifact, order.plan), time.time()))
            except OSError:
                log.exception("assets not kept", extra={"deployment_id": order.deployment_id})

    async def forget(self, project_id: int, environment_id: int | None = None) -> None:
        """Remove all of the project's, or of one of its environments alone. May be called twice."""
        kept = self._root / str(project_id) / ASSETS
        async with self._locks[project_id]:
            if environment_id is None:
                await to_end(lambda: shutil.rmtree(kept, ignore_errors=True))
            else:
                await to_end(Shelf(kept / str(environment_id)).remove)

    async def run(self) -> None:
        """Remove each hour what has had its time."""
        while True:
            try:
                await self.sweep(time.time())
            except Exception:  # a supervisor's loop: what is left now is found by the next sweep
                log.exception("assets not swept, it is tried again within the hour")
            await asyncio.sleep(EVERY_SECONDS)

    async def sweep(self, now: float) -> None:
        """Remove what has had its time by then."""
        for record in await to_end(lambda: sorted(self._root.glob(f"*/{ASSETS}/*.json"))):
            shelf = Shelf(record.with_suffix(""))
            async with self._locks[int(record.parents[1].name)]:
                await to_end(partial(shelf.expire, now))


def earlier_assets(order: Order, artifact: Path) -> str | None:
    """Where its environment's are, as the proxy names it; None for a server that shows no files of its artifact."""
    return assets_directory(order) if sources(artifact, order.plan) else None


def assets_directory(order: Order) -> str:
    return f"{order.project_id}/{ASSETS}/{order.environment_id}"
