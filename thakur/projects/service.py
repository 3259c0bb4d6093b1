"""Projects and environments, as rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import literal

from thakur.accounts import Action, Principal
from thakur.db import Database
from thakur.projects.deletion import Deletion
from thakur.projects.environment import EnvironmentGoing
from thakur.projects.guard import guard_project, project_not_found
from thakur.projects.interface import (
    PRODUCTION,
    DeletionConsumer,
    Environment,
    Overrides,
    Place,
    Project,
    ProjectNameTaken,
    ProjectStatus,
)
from thakur.projects.models import EnvironmentRow, ProjectRow
from thakur.projects.names import NAME_CHARACTERS, check_name, suggested_name
from thakur.projects.overrides import changed
from thakur.queue import Queue

DELETIONS = "deletions"
SUGGESTIONS = 9

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list

# So many environments are remembered by their names: some megabyte.
PLACES_KNOWN = 10_000


class LocalProjects:
    """Implements Projects on the database; `deletion.drain` is what a wake-up of `deletions` runs."""

    def __init__(self, db: Database, queue: Queue, consumers: Sequence[DeletionConsumer]) -> None:
        self.deletion = Deletion(db, consumers)
        self._db = db
        self._queue = queue
        # Names and labels never change, and ids are not given twice: what was read once stays true.
        self._places: dict[int, Place] = {}

    async def create(self, principal: Principal, name: str) -> Project:
        principal.require(Action.CREATE_PROJECT, principal.team_id)
        check_name(name)
        async with self._db.session() as session:
            row = await session.scalar(
                insert(ProjectRow)
                .values(team_id=principal.team_id, name=name)
                .on_conflict_do_nothing(index_elements=[ProjectRow.name])
                .returning(ProjectRow),
            )
            if row is None:
                raise ProjectNameTaken(
                    f"The name {name} is taken on this server",
                    hint=await _free_name(session, name),
                    field="name",
                )
            return _project(row)

    async def get(self, principal: Principal, name: str) -> Project:
        async with self._db.session() as session:
            row = await session.scalar(
                select(ProjectRow).where(
                    ProjectRow.name == name,
                    ProjectRow.team_id.in_(principal.team_ids),
                    ProjectRow.status == ProjectStatus.ACTIVE,
                ),
            )
        if row is None:
            raise project_not_found(name)
        return _project(row)

    async def list(self, principal: Principal, limit: int | None = None) -> list[Project]:
        async with self._db.session() as session:
            rows = await session.scalars(
                select(ProjectRow)
                .where(ProjectRow.team_id.in_(principal.team_ids), ProjectRow.status == ProjectStatus.ACTIVE)
                .order_by(ProjectRow.id.desc())
                .limit(limit),
            )
            return [_project(row) for row in rows]

    async def authorize(self, principal: Principal, project_id: int, action: Action) -> None:
        async with self._db.session() as session:
            await guard_project(session, principal, project_id, action)

    async def delete(self, principal: Principal, name: str) -> None:
        project = await self.get(principal, name)
        principal.require(Action.DELETE_PROJECT, project.team_id)
        async with self._db.session() as session:
            await session.execute(
                update(ProjectRow)
                .where(ProjectRow.id == project.id, ProjectRow.status == ProjectStatus.ACTIVE)
                .values(status=ProjectStatus.DELETING),
            )
        await self._queue.wake(DELETIONS)

    async def settings(self, project_id: int) -> Overrides:
        async with self._db.session() as session:
            stored = await session.scalar(select(ProjectRow.settings).where(ProjectRow.id == project_id))
        if stored is None:
            raise project_not_found(project_id)
        return msgspec.convert(stored, Overrides)

    async def change_settings(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> Overrides:
        async with self._db.session() as session:
            await guard_project(session, principal, project_id, Action.CONFIGURE)
            row = await session.get_one(ProjectRow, project_id, with_for_update=True)
            settings = changed(msgspec.convert(row.settings, Overrides), changes)
            row.settings = msgspec.to_builtins(settings)
        return settings

    async def by_id(self, project_id: int) -> Project:
        async with self._db.session() as session:
            row = await session.get(ProjectRow, project_id)
        if row is None:
            raise project_not_found(project_id)
        return _project(row)

    async def environment(self, project_id: int, label: str) -> Environment:
        async with self._db.session() as session:
            existing = select(ProjectRow.id, literal(label)).where(ProjectRow.id == project_id)
            await session.execute(
                insert(EnvironmentRow).from_select(["project_id", "label"], existing).on_conflict_do_nothing(),
            )
            row = await session.scalar(
                select(EnvironmentRow).where(EnvironmentRow.project_id == project_id, EnvironmentRow.label == label),
            )
        if row is None:
            raise project_not_found(project_id)
        if row.status != "active":
            raise EnvironmentGoing(f"{label} is just being removed", hint="Ask again in a moment.")
        return Environment(id=row.id, project_id=row.project_id, label=row.label)

    async def environments(self, project_id: int) -> Sequence[Environment]:
        is_preview, row = EnvironmentRow.label != PRODUCTION, EnvironmentRow
        async with self._db.session() as session:
            rows = await session.scalars(
                select(row).where(row.project_id == project_id, row.status == "active").order_by(is_preview, row.label),
            )
            return [Environment(id=row.id, project_id=row.project_id, label=row.label) for row in rows]

    async def places(self, environment_ids: Sequence[int]) -> dict[int, Place]:
        unknown = set(environment_ids) - self._places.keys()
        if unknown:
            if len(self._places) > PLACES_KNOWN:
                self._places.clear()
            self._places |= await self._read_places(unknown)
        return {found: self._places[found] for found in environment_ids if found in self._places}

    async def take_number(self, project_id: int) -> int:
        async with self._db.session() as session:
            number: int | None = await session.scalar(
                update(ProjectRow)
                .where(ProjectRow.id == project_id, ProjectRow.status == ProjectStatus.ACTIVE)
                .values(last_number=ProjectRow.last_number + 1)
                .returning(ProjectRow.last_number),
            )
        if number is None:
            raise project_not_found(project_id)
        return number

    async def _read_places(self, environment_ids: Collection[int]) -> dict[int, Place]:
        async with self._db.session() as session:
            rows = await session.execute(
                select(EnvironmentRow.id, EnvironmentRow.project_id, ProjectRow.name, EnvironmentRow.label)
                .join(ProjectRow, ProjectRow.id == EnvironmentRow.project_id)
                .where(EnvironmentRow.id.in_(environment_ids)),
            )
            return {
                environment_id: Place(environment_id=environment_id, project_id=project_id, project=name, label=label)
                for environment_id, project_id, name, label in rows
            }


async def _free_name(session: AsyncSession, name: str) -> str:
    candidates = [f"{name[: NAME_CHARACTERS - 2].rstrip('-')}-{number}" for number in range(2, SUGGESTIONS + 1)]
    taken = set(await session.scalars(select(ProjectRow.name).where(ProjectRow.name.in_(candidates))))
    free = next(
        (candidate for candidate in candidates if candidate not in taken and suggested_name(candidate) == candidate),
        None,
    )
    return f"Try {free}." if free else "Choose another name."


def _project(row: ProjectRow) -> Project:
    return Project(
        id=row.id,
        team_id=row.team_id,
        name=row.name,
        status=ProjectStatus(row.status),
        settings=msgspec.convert(row.settings, Overrides),
        created_at=row.created_at,
    )
