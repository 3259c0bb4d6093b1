"""Nothing is missed: at the start and every hour each branch is looked at, and what could not be delivered is asked for again."""

import asyncio
import logging
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from thakur.errors import ThakurError
from thakur.github import Delivery
from thakur.installations import Apps, Clients, Surveys, Tracks, Upkeep
from thakur.webhooks.inbox import Inbox

EVERY_SECONDS = 3600.0
# Before, nobody may be there to take what comes again.
START_SECONDS = 5.0
# GitHub keeps its log for three days; each look overlaps the one before.
BACK = timedelta(days=3)
REDELIVERIES = 100
GAP_SECONDS = 1.0

log = logging.getLogger(__name__)


class Recovery:
    """`look` is called every second, and does something once an hour. Without `redelivers` GitHub could only fail again."""

    def __init__(
        self,
        apps: Apps,
        upkeep: Upkeep,
        clients: Clients,
        tracks: Tracks,
        surveys: Surveys,
        inbox: Inbox,
        gap_seconds: float = GAP_SECONDS,
        start_seconds: float = START_SECONDS,
        *,
        redelivers: bool = True,
    ) -> None:
        self._apps = apps
        self._upkeep = upkeep
        self._clients = clients
        self._tracks = tracks
        self._surveys = surveys
        self._inbox = inbox
        self._gap_seconds = gap_seconds
        self._redelivers = redelivers
        self._has_begun = False
        self._next = time.monotonic() + start_seconds

    async def look(self) -> bool:
        """Whether it was time. Tracks come first; those that were looked at come again by themselves."""
        if not self._has_begun:
            await self._tracks.look_soon_everywhere()
            await self._surveys.soon()
            self._has_begun = True
            return True
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + EVERY_SECONDS
        await self._inbox.forget_old()
        for app in await self._apps.every():
            try:
                is_well = not await self._upkeep.refresh(app)
                if is_well and self._redelivers:
                    await self._redeliver(app)
            except ThakurError as error:
                log.warning("failed deliveries could not be asked for", extra={"app": app, "reason": error.message})
        return True

    async def _redeliver(self, app: int) -> None:
        client = await self._clients.app(app)
        found = await client.deliveries(datetime.now(UTC) - BACK)
        missing = undelivered(found)
        known = await self._inbox.known(app, [each.guid for each in missing])
        for each in [each for each in missing if each.guid not in known][:REDELIVERIES]:
            await client.redeliver(each.id)
            log.info("failed delivery is asked for again", extra={"event": each.event, "guid": each.guid})
            await asyncio.sleep(self._gap_seconds)


def undelivered(deliveries: list[Delivery]) -> list[Delivery]:
    """Of each event that never arrived one delivery, oldest first."""
    attempts: defaultdict[str, list[Delivery]] = defaultdict(list[Delivery])
    for each in deliveries:
        attempts[each.guid].append(each)
    lost = [min(each, key=lambda one: one.id) for each in attempts.values() if all(one.status != "OK" for one in each)]
    return sorted(lost, key=lambda one: one.delivered_at)
