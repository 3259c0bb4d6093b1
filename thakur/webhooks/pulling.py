"""For a server that GitHub cannot reach: what it tried to deliver is read from its log, and goes into the same inbox."""

import logging
import time
from datetime import UTC, datetime, timedelta

from thakur.errors import ThakurError
from thakur.github import App, Delivery, GitHubUnavailable, NotThere
from thakur.installations import Apps, Clients, Connections
from thakur.webhooks.events import KNOWN, Event, EventMalformed, parse
from thakur.webhooks.inbox import Inbox
from thakur.webhooks.recovery import BACK

EVERY_SECONDS = 10.0
# What GitHub writes into its log late, or while it is read, is found the next time.
OVERLAP = timedelta(minutes=10)
# Each is a question of its own.
PAYLOADS = 50
# After what asking again soon does not cure.
REFUSED_SECONDS = 60.0

log = logging.getLogger(__name__)


class Pulling:
    """`look` is called every second, and asks each App's log every ten."""

    def __init__(self, apps: Apps, clients: Clients, connections: Connections, inbox: Inbox) -> None:
        self._apps = apps
        self._clients = clients
        self._connections = connections
        self._inbox = inbox
        self._since: dict[int, datetime] = {}
        self._due: dict[int, float] = {}
        self._unusable: set[str] = set()

    async def look(self) -> bool:
        """Whether something new was found."""
        found = [await self._try(app) for app in await self._apps.every() if self._due.get(app, 0.0) < time.monotonic()]
        return any(found)

    async def _try(self, app: int) -> bool:
        wait_seconds = EVERY_SECONDS
        try:
            return await self._pull(app)
        except GitHubUnavailable as error:
            wait_seconds = max(EVERY_SECONDS, error.retry_seconds)
            log.warning("deliveries could not be read", extra={"app": app, "reason": error.message})
        except ThakurError as error:
            wait_seconds = REFUSED_SECONDS
            log.warning("deliveries could not be read", extra={"app": app, "reason": error.message})
        finally:
            self._due[app] = time.monotonic() + wait_seconds
        return False

    async def _pull(self, app: int) -> bool:
        began = datetime.now(UTC)
        client = await self._clients.app(app)
        listed = await client.deliveries(self._since.get(app, began - BACK))
        followed = {each.repository_id for each in await self._connections.every() if each.app == app}
        new = events(listed, followed)
        known = await self._inbox.known(app, [each.guid for each in new])
        unread = [each for each in new if each.guid not in known | self._unusable]
        for each in unread[:PAYLOADS]:
            event = await _read(client, each)
            if event is None:
                self._unusable.add(each.guid)
            else:
                await self._inbox.accept(app, each.guid, event)
        if len(unread) <= PAYLOADS:
            self._since[app] = began - OVERLAP
        return bool(unread)


async def _read(client: App, delivery: Delivery) -> Event | None:
    try:
        return parse(delivery.event, await client.delivered(delivery.id))
    except (EventMalformed, NotThere) as error:
        # The branches are looked at all the same.
        log.warning("delivery cannot be read", extra={"guid": delivery.guid, "reason": error.message})
        return None


def events(listed: list[Delivery], followed: set[int]) -> list[Delivery]:
    """Of each event that may lead to something one delivery, oldest first. Pure."""
    first = {
        each.guid: each
        for each in sorted(listed, key=lambda one: (one.delivered_at, one.id), reverse=True)
        if _leads_somewhere(each) and each.repository_id in {None, *followed}
    }
    return sorted(first.values(), key=lambda one: (one.delivered_at, one.id))


def _leads_somewhere(delivery: Delivery) -> bool:
    actions = KNOWN.get(delivery.event, frozenset())
    return delivery.event != "ping" and (actions is None or delivery.action in actions)
