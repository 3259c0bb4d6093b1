"""Which placement an environment's hosts lead to: taken from one, given to another, given back."""

import logging
from collections.abc import Iterable

import msgspec

from thakur.errors import Unavailable
from thakur.proxy import Proxy
from thakur.runtime.edge.assets.store import Assets
from thakur.runtime.edge.placements.placement import Placement

log = logging.getLogger(__name__)


class Routing:
    """Moves hosts in the proxy, and notes on the placements what is routed."""

    def __init__(self, proxy: Proxy, assets: Assets) -> None:
        self._proxy = proxy
        self._assets = assets

    async def lead_to(self, placement: Placement, others: Iterable[Placement]) -> None:
        """Give it its hosts; whoever of the same environment had them, and those that it no longer has, lose theirs."""
        displaced = [
            other
            for other in others
            if other is not placement
            and other.is_routed
            and other.order.environment_id == placement.order.environment_id
        ]
        for other in displaced:
            await self._assets.keep(other.order, other.artifact)
        await self._proxy.route(placement.routes())
        for other in displaced:
            other.is_routed = False
            placement.displaced = other.order.deployment_id
            await self._drop(other.order.hosts, placement.order.hosts)
        placement.is_routed = True
        for replica in placement.replicas:
            replica.keeper.keep_running()

    async def succeed(self, fresh: Placement, worn: Placement) -> None:
        """Lead the same deployment's visitors to its new replicas."""
        await self._proxy.route(fresh.routes())
        fresh.is_routed, worn.is_routed = True, False
        fresh.displaced = worn.displaced
        for replica in fresh.replicas:
            replica.keeper.keep_running()

    async def give_back(self, placement: Placement, predecessor: Placement | None) -> None:
        """Give the hosts to who had them before, if it is still there."""
        if predecessor is None:
            await self.unroute(placement)
        else:
            await self._assets.keep(placement.order, placement.artifact)
            await self._proxy.route(predecessor.routes())
            predecessor.is_routed = True
        placement.is_routed = False

    async def unroute(self, *placements: Placement) -> None:
        """Take the hosts away, as far as the proxy is there to hear it."""
        hosts = tuple(host for placement in placements if placement.is_routed for host in placement.order.hosts)
        if not hosts:
            return
        try:
            await self._proxy.unroute(hosts)
        except Unavailable as error:
            log.warning("hosts not unrouted", exc_info=error, extra={"hosts": hosts})

    async def rename(self, placement: Placement, hosts: tuple[str, ...]) -> None:
        """Let the deployment answer at these hosts and no others."""
        former, placement.order = placement.order.hosts, msgspec.structs.replace(placement.order, hosts=hosts)
        await self._proxy.route(placement.routes())
        await self._drop(former, hosts)

    async def _drop(self, former: tuple[str, ...], kept: tuple[str, ...]) -> None:
        if left_over := tuple(host for host in former if host not in kept):
            await self._proxy.unroute(left_over)
