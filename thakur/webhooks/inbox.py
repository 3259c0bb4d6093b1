"""The inbox: what GitHub delivered is a row before it is answered, once for each App and guid, and done when it has been acted on."""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.db import Database
from thakur.queue import WEBHOOKS, Queue
from thakur.webhooks.events import Event
from thakur.webhooks.models import DeliveryRow

NOW = func.clock_timestamp()
LEASE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
ATTEMPTS = 12
ALIKE = 1000
KEPT = timedelta(days=30)
# What is only looked at goes earlier; and however much comes, no more rows than these stay.
IGNORED_KEPT = timedelta(days=3)
MOST = 100_000

Row = DeliveryRow


class Taken(NamedTuple):
    """A delivery that is being acted on; `alike` are those that it stands for, which were there before."""

    id: int
    app: int
    event: Event
    attempts: int
    alike: tuple[int, ...] = ()


class Inbox:
    """Deliveries as rows. The status moves by guarded updates alone."""

    def __init__(self, db: Database, queue: Queue) -> None:
        self._db = db
        self._queue = queue

    async def accept(self, app: int, guid: str, event: Event) -> bool:
        """Keep it; False when it is there already. One that failed may come again."""
        made = insert(Row).values(app_id=app, guid=guid, **_values(event))
        again = made.on_conflict_do_update(
            index_elements=[Row.app_id, Row.guid],
            set_={"status": "received", "attempts": 0, "next_at": NOW},
            where=Row.status.in_(("failed", "ignored")),
        )
        async with self._db.session() as session:
            kept = await session.scalar(again.returning(Row.id))
            if kept is not None:
                self._db.after_commit(session, lambda: self._queue.wake(WEBHOOKS))
        return kept is not None

    async def ignore(self, app: int, guid: str, event: Event) -> None:
        """Keep that it came, for whoever looks whether anything does."""
        made = insert(Row).values(app_id=app, guid=guid, status="ignored", done_at=NOW, **_values(event))
        async with self._db.session() as session:
            await session.execute(made.on_conflict_do_nothing())

    async def take(self) -> Taken | None:
        """The next one to act on; nobody else is given it for half a minute."""
        is_free = or_(Row.lease_until.is_(None), Row.lease_until < NOW)
        due = select(Row.id).where(Row.status == "received", Row.next_at <= NOW, is_free)
        due = due.order_by(Row.next_at, Row.id).limit(1).with_for_update(skip_locked=True)
        async with self._db.session() as session:
            row = await session.scalar(
                update(Row)
                .where(Row.id == due.scalar_subquery())
                .values(lease_until=NOW + LEASE, attempts=Row.attempts + 1)
                .returning(Row)
            )
            alike = await session.scalars(_like(row)) if row is not None and (row.branch or row.pull_request) else ()
            ids = tuple(alike)
        if row is None:
            return None
        event = Event(
            name=row.event,
            action=row.action,
            repository_id=row.repository_id,
            installation_id=row.installation_id,
            branch=row.branch,
            pull_request=row.pull_request,
            sender=row.sender,
            sender_id=row.sender_id,
        )
        return Taken(row.id, row.app_id, event, row.attempts, ids)

    async def done(self, taken: Taken) -> None:
        """It was acted on, and so were those that it stands for."""
        await self._move(taken, status="done", done_at=NOW, lease_until=None, reason="")
        if taken.alike:
            is_one = (Row.id.in_(taken.alike), Row.status == "received")
            async with self._db.session() as session:
                await session.execute(update(Row).where(*is_one).values(status="done", done_at=NOW, lease_until=None))

    async def later(self, taken: Taken, retry_seconds: float, reason: str) -> None:
        """It could not be acted on; after a dozen times it has failed."""
        if taken.attempts >= ATTEMPTS:
            await self._move(taken, status="failed", done_at=NOW, lease_until=None, reason=reason)
            return
        wait = min(timedelta(seconds=max(retry_seconds, 2.0**taken.attempts)), LONGEST_WAIT)
        await self._move(taken, next_at=NOW + wait, lease_until=None, reason=reason)

    async def known(self, app: int, guids: Collection[str]) -> set[str]:
        """Those that need not come again."""
        async with self._db.session() as session:
            is_it = (Row.app_id == app, Row.guid.in_(guids), Row.status != "failed")
            return set(await session.scalars(select(Row.guid).where(*is_it)))

    async def forget_old(self) -> None:
        """Remove what nobody asks for any more."""
        async with self._db.session() as session:
            last = select(Row.id).order_by(Row.id.desc()).offset(MOST).limit(1).scalar_subquery()
            is_old = or_(
                Row.received_at < NOW - KEPT,
                and_(Row.status == "ignored", Row.received_at < NOW - IGNORED_KEPT),
                Row.id <= last,
            )
            await session.execute(delete(Row).where(is_old, Row.status != "received"))

    async def _move(self, taken: Taken, **values: object) -> None:
        async with self._db.session() as session:
            is_it = (Row.id == taken.id, Row.status == "received", Row.attempts == taken.attempts)
            await session.execute(update(Row).where(*is_it).values(**values))


def _values(event: Event) -> dict[str, object]:
    return {
        "event": event.name,
        "action": event.action,
        "repository_id": event.repository_id,
        "repository": event.repository,
        "installation_id": event.installation_id,
        "branch": event.branch,
        "pull_request": event.pull_request,
        "sender": event.sender,
        "sender_id": event.sender_id,
    }


def _like(row: DeliveryRow) -> Select[int]:
    # A branch is looked at once for all hints that were there before the look; that a pull request is opened again is one
    # of its own, and that a branch went begins no preview for one that came back.
    is_like = (
        Row.app_id == row.app_id,
        Row.repository_id == row.repository_id,
        Row.branch == row.branch,
        Row.pull_request.is_not_distinct_from(row.pull_request),
        or_(Row.action == row.action, Row.action != "reopened"),
        *((Row.event == row.event,) if row.event == "delete" else ()),
    )
    others = select(Row.id).where(Row.status == "received", Row.id != row.id, *is_like)
    return others.limit(ALIKE)
