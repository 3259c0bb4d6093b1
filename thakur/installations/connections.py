"""Connections, as rows: which project follows which repository."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Action, Principal
from thakur.db import Callback, Database
from thakur.github import FULL_NAME, NotThere
from thakur.installations.apps import LocalApps
from thakur.installations.filters import Filters, Held, NotFollowing, changed_filters, filters_of
from thakur.installations.interface import (
    Clients,
    Connection,
    Found,
    Guard,
    RepositoryUnknown,
)
from thakur.installations.models import AppRow, ConnectionRow, TrackRow
from thakur.installations.rules import rules_of
from thakur.installations.track import PRODUCTION

Row = ConnectionRow


class LocalConnections:
    """Implements Connections on the database. `wake` is called when there is something to look at."""

    def __init__(self, db: Database, apps: LocalApps, clients: Clients, guard: Guard, wake: Callback) -> None:
        self._db = db
        self._apps = apps
        self._clients = clients
        self._guard = guard
        self._wake = wake

    async def find(self, principal: Principal, full_name: str) -> Found:
        apps = await self._apps.own(principal)
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

    async def connect(
        self, principal: Principal, project_id: int, found: Found, *, follows_default: bool = False
    ) -> None:
        await self._guard.authorize(principal, project_id, Action.CONFIGURE)
        values = {
            "app_id": found.app,
            "installation_id": found.installation_id,
            "repository_id": found.repository_id,
            "full_name": found.full_name,
            "url": found.url,
            "default_branch": found.default_branch if follows_default else "",
        }
        made = insert(Row).values(project_id=project_id, **values)
        is_same = Row.repository_id == found.repository_id
        is_other = exists().where(Row.project_id == project_id, ~is_same)
        # What is there already is left alone; of another repository nothing is known.
        surveyed = {"survey_at": func.clock_timestamp(), "left_alone": case((is_same, Row.left_alone), else_=None)}
        begun: dict[str, Any] = {
            "asked": None,
            "built": None,
            "anyway": None,
            "tag": "",
            "held": None,
            "pushed_by": principal.actor,
            "trouble": "",
            "look_at": func.clock_timestamp(),
        }
        production = insert(TrackRow).values(project_id=project_id, label=PRODUCTION, **begun)
        keys = [TrackRow.project_id, TrackRow.label]
        async with self._db.session() as session:
            others = (TrackRow.project_id == project_id, TrackRow.label != PRODUCTION, is_other)
            await session.execute(delete(TrackRow).where(*others))
            await session.execute(made.on_conflict_do_update(index_elements=[Row.project_id], set_=values | surveyed))
            await session.execute(production.on_conflict_do_update(index_elements=keys, set_=begun))
            self._db.after_commit(session, self._wake)

    async def of(self, project_ids: Collection[int]) -> dict[int, Connection]:
        return {each.project_id: each for each in await self._where(Row.project_id.in_(project_ids))}

    async def every(self) -> list[Connection]:
        return await self._where()

    async def following(self, app: int, repository_id: int) -> list[Connection]:
        return await self._where(Row.app_id == app, Row.repository_id == repository_id)

    async def change_filters(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> Filters:
        await self._guard.authorize(principal, project_id, Action.CONFIGURE)
        async with self._db.session() as session:
            row = await session.get(Row, project_id, with_for_update=True)
            if row is None:
                raise NotFollowing(
                    "This project follows no repository on GitHub",
                    hint="Follow one first: thakur projects create NAME --github OWNER/REPO.",
                )
            filters = changed_filters(filters_of(row.filters), changes)
            row.filters = msgspec.to_builtins(filters)
            soon: dict[str, Any] = {"look_at": func.clock_timestamp()} | ({"tag": ""} if "tags" in changes else {})
            await session.execute(update(TrackRow).where(TrackRow.project_id == project_id).values(soon))
            self._db.after_commit(session, self._wake)
        return filters

    async def at(self, app: int, installation_id: int) -> list[Connection]:
        return await self._where(Row.app_id == app, Row.installation_id == installation_id)

    async def moved(self, app: int, repository_id: int, installation_id: int, full_name: str, url: str) -> None:
        async with self._db.session() as session:
            is_it = (Row.app_id == app, Row.repository_id == repository_id)
            values = {"installation_id": installation_id, "full_name": full_name, "url": url}
            await session.execute(update(Row).where(*is_it).values(values))

    async def follow_default(self, project_id: int, branch: str) -> None:
        async with self._db.session() as session:
            await session.execute(update(Row).where(Row.project_id == project_id).values(default_branch=branch))

    async def _where(self, *which: ColumnElement[bool]) -> list[Connection]:
        is_its = (TrackRow.project_id == Row.project_id) & (TrackRow.label == PRODUCTION)
        query = (
            select(Row, AppRow.team_id, TrackRow.trouble, TrackRow.held)
            .join(AppRow, AppRow.id == Row.app_id)
            .outerjoin(TrackRow, is_its)
            .where(*which)
            .order_by(Row.project_id)
        )
        async with self._db.session() as session:
            found = await session.execute(query)
            return [connection_of(row, team_id, trouble or "", held) for row, team_id, trouble, held in found]


def connection_of(
    row: ConnectionRow, team_id: int, trouble: str = "", held: dict[str, Any] | None = None
) -> Connection:
    """The connection that the row tells of."""
    return Connection(
        project_id=row.project_id,
        team_id=team_id,
        app=row.app_id,
        installation_id=row.installation_id,
        repository_id=row.repository_id,
        full_name=row.full_name,
        url=row.url,
        default_branch=row.default_branch,
        filters=filters_of(row.filters),
        previews=rules_of(row.previews),
        trouble=trouble,
        held=held_of(held) if held else None,
    )


def held_of(kept: dict[str, Any]) -> Held:
    """The commit that a row keeps as held back."""
    return msgspec.convert(kept, Held)
