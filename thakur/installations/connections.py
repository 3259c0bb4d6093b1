"""Connections, as rows: which project follows which repository, and whose branch is to be looked at."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Action, Principal
from thakur.db import Callback, Database
from thakur.github import FULL_NAME, NotThere
from thakur.installations.apps import LocalApps
from thakur.installations.interface import Clients, Connection, Found, Guard, Look, RepositoryUnknown
from thakur.installations.models import AppRow, ConnectionRow

# The database's clock, and not the moment at which a transaction began.
NOW = func.clock_timestamp()
LEASE = timedelta(seconds=30)
EVERY = timedelta(hours=1)

Row = ConnectionRow


class LocalConnections:
    """Implements Connections on the database. `wake` is called when there is something to look at.

    `every` is how often a branch is looked at of which nothing was told.
    """

    def __init__(
        self,
        db: Database,
        apps: LocalApps,
        clients: Clients,
        guard: Guard,
        wake: Callback,
        every: timedelta = EVERY,
    ) -> None:
        self._every = every
        self._db = db
        self._apps = apps
        self._clients = clients
        self._guard = guard
        self._wake = wake

    async def find(self, principal: Principal, full_name: str) -> Found:
        apps = await self._apps.ids(principal)
        if not FULL_NAME.fullmatch(full_name):
            raise RepositoryUnknown(
                f"{full_name[:100]} is no repository's name", hint="Write OWNER/REPO.", field="github"
            )
        for app in apps:
            client = await self._clients.app(app)
            installation = await client.installation_on(full_name)
            if installation is None or installation.suspended_at is not None:
                continue
            await self._apps.note(app, installation)
            try:
                found = await (await self._clients.installed(app, installation.id)).repository(full_name)
            except NotThere:
                continue
            return Found(
                app=app,
                installation_id=installation.id,
                repository_id=found.id,
                full_name=found.full_name,
                url=client.key.site.repository_url(found.full_name),
                default_branch=found.default_branch,
            )
        hint = "Install the App on it on GitHub; thakur github lists where it is installed."
        if not apps:
            hint = "Your team has no GitHub App yet: thakur github add."
        raise RepositoryUnknown(f"No GitHub App of your team opens {full_name}", hint=hint, field="github")

    async def connect(self, principal: Principal, project_id: int, found: Found) -> None:
        await self._guard.authorize(principal, project_id, Action.CONFIGURE)
        values = {
            "app_id": found.app,
            "installation_id": found.installation_id,
            "repository_id": found.repository_id,
            "full_name": found.full_name,
            "url": found.url,
            "asked": None,
            "pushed_by": principal.actor,
            "trouble": "",
            "look_at": NOW,
        }
        made = insert(Row).values(project_id=project_id, **values)
        async with self._db.session() as session:
            await session.execute(made.on_conflict_do_update(index_elements=[Row.project_id], set_=values))
            self._db.after_commit(session, self._wake)

    async def of(self, project_ids: Collection[int]) -> dict[int, Connection]:
        return {each.project_id: each for each in await self._where(Row.project_id.in_(project_ids))}

    async def every(self) -> list[Connection]:
        return await self._where()

    async def following(self, app: int, repository_id: int) -> list[Connection]:
        return await self._where(Row.app_id == app, Row.repository_id == repository_id)

    async def look_soon(self, project_ids: Collection[int], pushed_by: str = "") -> None:
        await self._soon(Row.project_id.in_(project_ids), {"pushed_by": pushed_by} if pushed_by else {})

    async def look_soon_at(self, app: int, installation_id: int) -> None:
        await self._soon(Row.installation_id == installation_id, {}, Row.app_id == app)

    async def claim(self) -> Look | None:
        is_free = or_(Row.lease_until.is_(None), Row.lease_until < NOW)
        due = select(Row.project_id).where(Row.look_at <= NOW, is_free).order_by(Row.look_at).limit(1)
        async with self._db.session() as session:
            claimed = (
                await session.execute(
                    update(Row)
                    .where(Row.project_id == due.with_for_update(skip_locked=True).scalar_subquery())
                    .values(lease_until=NOW + LEASE)
                    .returning(Row.project_id, Row.look_at)
                )
            ).one_or_none()
        if claimed is None:
            return None
        found = await self.of([claimed.project_id])
        return Look(found[claimed.project_id], claimed.look_at) if found else None

    async def looked(
        self, look: Look, again: timedelta | None = None, *, asked: str | None = None, trouble: str = ""
    ) -> None:
        next_at = case((Row.look_at == look.due_at, NOW + (again or self._every)), else_=Row.look_at)
        is_it = (Row.project_id == look.connection.project_id, Row.repository_id == look.connection.repository_id)
        changed = {"lease_until": None, "look_at": next_at, "asked": asked, "trouble": trouble}
        async with self._db.session() as session:
            await session.execute(update(Row).where(*is_it).values(changed))

    async def renamed(self, app: int, repository_id: int, full_name: str, url: str) -> None:
        async with self._db.session() as session:
            is_it = (Row.app_id == app, Row.repository_id == repository_id)
            await session.execute(update(Row).where(*is_it).values(full_name=full_name, url=url))

    async def _soon(self, which: ColumnElement[bool], values: dict[str, Any], *more: ColumnElement[bool]) -> None:
        async with self._db.session() as session:
            await session.execute(update(Row).where(which, *more).values(look_at=NOW, **values))
            self._db.after_commit(session, self._wake)

    async def _where(self, *which: ColumnElement[bool]) -> list[Connection]:
        query = select(Row, AppRow.team_id).join(AppRow, AppRow.id == Row.app_id).where(*which).order_by(Row.project_id)
        async with self._db.session() as session:
            return [_connection(row, team_id) for row, team_id in await session.execute(query)]


def _connection(row: ConnectionRow, team_id: int) -> Connection:
    return Connection(
        project_id=row.project_id,
        team_id=team_id,
        app=row.app_id,
        installation_id=row.installation_id,
        repository_id=row.repository_id,
        full_name=row.full_name,
        url=row.url,
        asked=row.asked,
        pushed_by=row.pushed_by,
        trouble=row.trouble,
    )
