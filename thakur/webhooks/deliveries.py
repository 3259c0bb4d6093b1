"""Deliveries, as people look at them: the rows of the inbox, and what GitHub's own log has besides."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from thakur.accounts import Principal
from thakur.db import Database
from thakur.github import Delivery, GitHubUnavailable
from thakur.installations import Apps, Clients, GitHubApp
from thakur.queue import WEBHOOKS, Queue
from thakur.webhooks.inbox import NOW, Inbox
from thakur.webhooks.interface import (
    Arrived,
    DeliveryKept,
    DeliveryMissing,
    DeliveryStatus,
    DeliveryUnknown,
    DeliveryUnmoved,
    Redelivery,
)
from thakur.webhooks.models import DeliveryRow
from thakur.webhooks.recovery import BACK, undelivered

# Somebody waits for the page.
LOOK_SECONDS = 20.0
RECENT = timedelta(days=1)

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list

Row = DeliveryRow


class LocalDeliveries:
    """Implements Deliveries on the database."""

    def __init__(self, db: Database, queue: Queue, apps: Apps, clients: Clients, inbox: Inbox) -> None:
        self._db = db
        self._queue = queue
        self._apps = apps
        self._clients = clients
        self._inbox = inbox

    async def list(
        self,
        principal: Principal,
        *,
        status: DeliveryStatus | None = None,
        event: str = "",
        before: int | None = None,
        limit: int = 50,
    ) -> list[DeliveryKept]:
        apps = await self._apps.managed(principal)
        query = select(Row).where(Row.app_id.in_(apps)).order_by(Row.id.desc()).limit(limit)
        query = query.where(Row.status == status) if status else query
        query = query.where(Row.event == event) if event else query
        query = query.where(Row.id < before) if before is not None else query
        async with self._db.session() as session:
            return [_kept(row, apps[row.app_id]) for row in await session.scalars(query)]

    async def arrived(self, principal: Principal) -> Mapping[tuple[str, int], Arrived]:
        apps = await self._apps.managed(principal)
        is_failed = (Row.status == "failed") & (Row.received_at > NOW - RECENT)
        fares = select(Row.app_id, func.max(Row.received_at), func.count().filter(is_failed))
        async with self._db.session() as session:
            found = (await session.execute(fares.where(Row.app_id.in_(apps)).group_by(Row.app_id))).all()
        return {(apps[app].web_url, apps[app].app_id): Arrived(last_at=at, failed=failed) for app, at, failed in found}

    async def missing(self, principal: Principal) -> list_of[DeliveryMissing]:
        found = []
        for app, shown in (await self._apps.managed(principal)).items():
            if shown.is_pulled:
                # Nothing is delivered to anybody: what it told is read from that same log.
                continue
            lost = undelivered(await self._log(app))
            known = await self._inbox.known(app, [each.guid for each in lost])
            found += [_missing(each, shown) for each in lost if each.guid not in known]
        return sorted(found, key=lambda each: each.at, reverse=True)

    async def redeliver(self, principal: Principal, guid: str) -> Redelivery:
        apps = await self._apps.managed(principal)
        if await self._again(apps, guid):
            return Redelivery(guid=guid, is_sent_again=False)
        for app in apps:
            found = [each for each in await self._log(app) if each.guid == guid]
            if found:
                await (await self._clients.app(app)).redeliver(found[0].id)
                return Redelivery(guid=guid, is_sent_again=True)
        raise DeliveryUnknown(
            f"There is no delivery {guid[:100]}", hint="GitHub keeps its own for a few days: thakur github deliveries"
        )

    async def _again(self, apps: Collection[int], guid: str) -> bool:
        is_it = (Row.app_id.in_(apps), Row.guid == guid)
        anew = {"status": "received", "attempts": 0, "reason": "", "next_at": NOW, "done_at": None, "lease_until": None}
        async with self._db.session() as session:
            moved = await session.scalars(
                update(Row).where(*is_it, Row.status.in_(("done", "failed"))).values(**anew).returning(Row.id)
            )
            if moved.all():
                self._db.after_commit(session, lambda: self._queue.wake(WEBHOOKS))
                return True
            status = await session.scalar(select(Row.status).where(*is_it))
        if status == DeliveryStatus.IGNORED:
            raise DeliveryUnmoved("Nothing follows from this event, however often it comes")
        if status == DeliveryStatus.RECEIVED:
            raise DeliveryUnmoved("It waits to be acted on already")
        return False

    async def _log(self, app: int) -> list_of[Delivery]:
        client = await self._clients.app(app)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await client.deliveries(datetime.now(UTC) - BACK)
        except TimeoutError as error:
            raise GitHubUnavailable("its log takes too long to read", 60.0) from error


def _kept(row: DeliveryRow, app: GitHubApp) -> DeliveryKept:
    return DeliveryKept(
        id=row.id,
        guid=row.guid,
        app=app.slug,
        app_id=app.app_id,
        event=row.event,
        action=row.action,
        repository=row.repository,
        branch=row.branch,
        pull_request=row.pull_request,
        sender=row.sender,
        status=DeliveryStatus(row.status),
        reason=row.reason,
        attempts=row.attempts,
        received_at=row.received_at,
        done_at=row.done_at,
    )


def _missing(delivery: Delivery, app: GitHubApp) -> DeliveryMissing:
    return DeliveryMissing(
        guid=delivery.guid,
        app=app.slug,
        app_id=app.app_id,
        event=delivery.event,
        action=delivery.action or "",
        status=delivery.status,
        at=delivery.delivered_at,
    )
