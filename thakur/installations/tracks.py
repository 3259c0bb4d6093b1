"""Tracks, as rows: whose head is to be looked at, and what was asked for last."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Action, Principal
from thakur.db import Callback, Database
from thakur.installations.connections import connection_of, held_of
from thakur.installations.filters import Held, NothingHeld
from thakur.installations.interface import Guard
from thakur.installations.models import AppRow, ConnectionRow, TrackRow
from thakur.installations.track import PRODUCTION, Begun, Look, NotWaiting, Seen, Track

# The database's clock, and not the moment at which a transaction began.
NOW = func.clock_timestamp()
LEASE = timedelta(seconds=30)
EVERY = timedelta(hours=1)

Row = TrackRow


class LocalTracks:
    """Implements Tracks on the database. `wake` is called when there is something to look at.

    `every` is how often a head is looked at of which nothing was told.
    """

    def __init__(self, db: Database, guard: Guard, wake: Callback, every: timedelta = EVERY) -> None:
        self._every = every
        self._guard = guard
        self._db = db
        self._wake = wake

    async def of(self, project_ids: Collection[int]) -> list[Track]:
        return await self._where(Row.project_id.in_(project_ids))

    async def begin(self, project_id: int, wanted: Begun) -> Track:
        values = {name: getattr(wanted, name) for name in ("branch", "pull_request", "title", "pushed_by")}
        is_it = (Row.project_id == project_id, Row.branch == wanted.branch, Row.pull_request == wanted.pull_request)
        found = await self._where(*is_it, Row.label != PRODUCTION)
        for label in () if found else wanted.labels:
            made = insert(Row).values(project_id=project_id, label=label, **values).on_conflict_do_nothing()
            async with self._db.session() as session:
                await session.execute(made)
                self._db.after_commit(session, self._wake)
            # Another branch may have the label; and the same one may have been begun in this moment.
            found = await self._where(*is_it, Row.label == label)
            if found:
                break
        return found[0]

    async def end(self, track_id: int) -> None:
        async with self._db.session() as session:
            await session.execute(delete(Row).where(Row.id == track_id, Row.label != PRODUCTION))

    async def wait(self, track_id: int, commit: str | None, title: str) -> None:
        await self._change(Row.id == track_id, waits=commit, title=title)

    async def approve(self, principal: Principal, track: Track, commit: str, *, every: bool) -> None:
        await self._guard.authorize(principal, track.project_id, Action.DEPLOY)
        changes = {"approved": commit, "approves_all": every, "waits": None, "declined": None, "look_at": NOW}
        is_it = and_(Row.id == track.id, Row.waits == commit)
        if not await self._change(is_it, **changes, pushed_by=principal.actor):
            raise NotWaiting(
                f"{commit[:7]} does not wait for approval",
                hint="Another commit may have been pushed meanwhile: thakur previews shows which one waits.",
                field="commit",
            )

    async def decline(self, principal: Principal, track: Track, commit: str | None) -> None:
        await self._guard.authorize(principal, track.project_id, Action.DEPLOY)
        changes = {"declined": commit, "waits": None, "approved": None, "approves_all": False}
        await self._change(and_(Row.id == track.id, Row.label != PRODUCTION), **changes)

    async def want(self, track_id: int) -> None:
        await self._change(Row.id == track_id, declined=None, asked=None, built=None, look_at=NOW)

    async def following(self, app: int, repository_id: int) -> list[Track]:
        return await self._where(ConnectionRow.app_id == app, ConnectionRow.repository_id == repository_id)

    async def look_soon(self, track_ids: Collection[int], pushed_by: str = "") -> None:
        await self._soon(Row.id.in_(track_ids), {"pushed_by": pushed_by} if pushed_by else {})

    async def look_soon_at(self, app: int, installation_id: int) -> None:
        is_there = (ConnectionRow.app_id == app, ConnectionRow.installation_id == installation_id)
        await self._soon(Row.project_id.in_(select(ConnectionRow.project_id).where(*is_there)), {})

    async def look_soon_everywhere(self) -> None:
        await self._soon(Row.id.is_not(None), {})

    async def claim(self) -> Look | None:
        is_free = or_(Row.lease_until.is_(None), Row.lease_until < NOW)
        due = select(Row.id).where(Row.look_at <= NOW, is_free).order_by(Row.look_at).limit(1)
        async with self._db.session() as session:
            claimed = (
                await session.execute(
                    update(Row)
                    .where(Row.id == due.with_for_update(skip_locked=True).scalar_subquery())
                    .values(lease_until=NOW + LEASE)
                    .returning(Row.id, Row.look_at)
                )
            ).one_or_none()
        if claimed is None:
            return None
        found = await self._where(Row.id == claimed.id)
        return Look(found[0], claimed.look_at) if found else None

    async def looked(self, look: Look, seen: Seen) -> None:
        next_at = case((Row.look_at == look.due_at, NOW + (seen.again or self._every)), else_=Row.look_at)
        held = msgspec.to_builtins(seen.held)
        changed: dict[str, Any] = {"lease_until": None, "look_at": next_at, "trouble": seen.trouble, "held": held}
        # What somebody has set anew meanwhile, to have it built again, is theirs.
        for name in ("asked", "built", "tag"):
            is_as_before = getattr(Row, name).is_not_distinct_from(getattr(look.track, name))
            changed[name] = case((is_as_before, getattr(seen, name)), else_=getattr(Row, name))
        if seen.built not in (None, look.track.built):
            # What nobody wanted, or what waited, was another commit.
            changed |= {"declined": None, "waits": None}
        # Another repository may have taken its place meanwhile.
        is_same = ConnectionRow.repository_id == look.track.connection.repository_id
        is_it = (Row.id == look.track.id, Row.project_id == ConnectionRow.project_id, is_same)
        async with self._db.session() as session:
            await session.execute(update(Row).where(*is_it).values(changed))

    async def build_held(self, project_id: int, label: str, pushed_by: str) -> Held:
        is_it = (Row.project_id == project_id, Row.label == label, Row.held.is_not(None))
        commit = Row.held["commit"].astext
        async with self._db.session() as session:
            changed = update(Row).where(*is_it).values(anyway=commit, pushed_by=pushed_by, look_at=NOW)
            held = await session.scalar(changed.returning(Row.held))
            self._db.after_commit(session, self._wake)
        if held is None:
            raise NothingHeld(
                "No commit is held back there",
                hint="Each push is built by itself; thakur deploy --git builds the newest commit again.",
            )
        return held_of(held)

    async def _change(self, which: ColumnElement[bool], **values: Any) -> bool:
        async with self._db.session() as session:
            changed = await session.scalar(update(Row).where(which).values(values).returning(Row.id))
            self._db.after_commit(session, self._wake)
        return changed is not None

    async def _soon(self, which: ColumnElement[bool], values: dict[str, Any]) -> None:
        async with self._db.session() as session:
            await session.execute(update(Row).where(which).values(look_at=NOW, **values))
            self._db.after_commit(session, self._wake)

    async def _where(self, *which: ColumnElement[bool]) -> list[Track]:
        query = (
            select(Row, ConnectionRow, AppRow.team_id)
            .join(ConnectionRow, ConnectionRow.project_id == Row.project_id)
            .join(AppRow, AppRow.id == ConnectionRow.app_id)
            .where(*which)
            .order_by(Row.project_id, Row.label != PRODUCTION, Row.id)
        )
        async with self._db.session() as session:
            return [_track(row, connection, team_id) for row, connection, team_id in await session.execute(query)]


def _track(row: TrackRow, connection: ConnectionRow, team_id: int) -> Track:
    return Track(
        id=row.id,
        connection=connection_of(connection, team_id),
        label=row.label,
        branch=row.branch,
        pull_request=row.pull_request,
        title=row.title,
        waits=row.waits,
        approved=row.approved,
        approves_all=row.approves_all,
        declined=row.declined,
        asked=row.asked,
        built=row.built,
        tag=row.tag,
        anyway=row.anyway,
        held=held_of(row.held) if row.held else None,
        pushed_by=row.pushed_by,
        trouble=row.trouble,
    )
