"""Env vars, as sealed rows."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts import Action, Principal
from thakur.db import Database
from thakur.projects.dotenv import parse_dotenv
from thakur.projects.env_names import check_env_name, check_env_value
from thakur.projects.guard import guard_project
from thakur.projects.interface import (
    ENV_BYTES,
    ENV_VARS,
    EnvFull,
    EnvVar,
    EnvVarNotFound,
    Imported,
    LeftOut,
    Phase,
    ProjectNotFound,
    Scope,
)
from thakur.projects.labels import scope_of
from thakur.projects.models import EnvironmentRow, EnvironmentVariableRow
from thakur.projects.pasted import PastedStatus, PastedVar
from thakur.projects.pasting import looked_over
from thakur.security import Sealer, SecretUnreadable

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list


class LocalEnvVars:
    """Implements EnvVars on the database."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        self._db = db
        self._sealer = sealer

    async def set(
        self, principal: Principal, project_id: int, scope: Scope, values: Mapping[str, str], phase: Phase | None = None
    ) -> None:
        for name, value in values.items():
            check_env_name(name)
            check_env_value(name, value)
        if not values:
            return
        rows = [
            {
                "project_id": project_id,
                "scope": scope,
                "name": name,
                "value": self._sealer.seal(value.encode(), context_of(project_id, scope, name)),
                "phase": _stored(phase),
                "updated_by": principal.actor,
            }
            for name, value in values.items()
        ]
        statement = insert(EnvironmentVariableRow).values(rows)
        changed = {name: statement.excluded[name] for name in ("value", "updated_by")} | {"updated_at": func.now()}
        if phase is not None:
            changed["phase"] = statement.excluded.phase
        async with self._db.session() as session:
            # Held, so that two changes at once cannot pass the limits together.
            await guard_project(session, principal, project_id, Action.CONFIGURE, holds=True)
            await session.execute(
                statement.on_conflict_do_update(constraint="pk_environment_variables", set_=changed),
            )
            await _check_room(session, project_id, scope)

    async def unset(
        self,
        principal: Principal,
        project_id: int,
        scope: Scope,
        names: Sequence[str],
    ) -> None:
        async with self._db.session() as session:
            await guard_project(session, principal, project_id, Action.CONFIGURE)
            gone = set(
                await session.scalars(
                    delete(EnvironmentVariableRow)
                    .where(
                        EnvironmentVariableRow.project_id == project_id,
                        EnvironmentVariableRow.scope == scope,
                        EnvironmentVariableRow.name.in_(names),
                    )
                    .returning(EnvironmentVariableRow.name),
                ),
            )
            if missing := [name for name in names if name not in gone]:
                raise EnvVarNotFound(
                    f"{scope} has no env var {', '.join(missing)}", hint="thakur env list shows them.", field=missing[0]
                )

    async def list(
        self,
        principal: Principal,  # noqa: ARG002  (the project is the principal's)
        project_id: int,
    ) -> list[EnvVar]:
        row = EnvironmentVariableRow
        async with self._db.session() as session:
            rows = await session.execute(
                select(row.name, row.scope, row.phase, row.updated_at, row.updated_by)
                .where(row.project_id == project_id)
                .order_by(row.scope.desc(), row.name),
            )
            return [
                EnvVar(
                    name=name,
                    scope=Scope(scope),
                    phase=Phase(phase or Phase.BOTH),
                    updated_at=updated_at,
                    updated_by=updated_by,
                )
                for name, scope, phase, updated_at, updated_by in rows
            ]

    async def import_dotenv(
        self, principal: Principal, project_id: int, scope: Scope, text: str, phase: Phase | None = None
    ) -> Imported:
        found = await self.look_over(principal, project_id, scope, text, phase)
        names = tuple(one.name for one in found if one.status in (PastedStatus.NEW, PastedStatus.REPLACED))
        values = parse_dotenv(text)
        await self.set(principal, project_id, scope, {name: values[name] for name in names}, phase)
        return Imported(
            names=names,
            unchanged=tuple(one.name for one in found if one.status is PastedStatus.UNCHANGED),
            left_out=tuple(LeftOut(one.name, one.reason) for one in found if one.status is PastedStatus.REFUSED),
        )

    async def look_over(
        self, principal: Principal, project_id: int, scope: Scope, text: str, phase: Phase | None = None
    ) -> tuple[PastedVar, ...]:
        values, row = parse_dotenv(text), EnvironmentVariableRow
        async with self._db.session() as session:
            await guard_project(session, principal, project_id, Action.CONFIGURE)
            rows = await session.execute(
                select(row.name, row.value, row.phase).where(
                    row.project_id == project_id, row.scope == scope, row.name.in_(values)
                ),
            )
            is_same = {
                name: self._is(values[name], sealed, context_of(project_id, scope, name))
                and (phase is None or _stored(phase) == kept_phase)
                for name, sealed, kept_phase in rows
            }
        return looked_over(text, is_same)

    async def resolve(self, environment_id: int, phase: Phase) -> dict[str, str]:
        row = EnvironmentVariableRow
        async with self._db.session() as session:
            environment = await session.get(EnvironmentRow, environment_id)
            if environment is None:
                raise ProjectNotFound(f"There is no environment {environment_id}")
            project_id = environment.project_id
            scope = scope_of(environment.label)
            if scope is None:
                return {}
            found = await session.execute(
                select(row.name, row.value)
                .where(row.project_id == project_id, row.scope == scope, or_(row.phase.is_(None), row.phase == phase))
                .order_by(row.name),
            )
            return {
                name: self._sealer.open(value, context_of(project_id, scope, name)).decode() for name, value in found
            }

    def _is(self, value: str, sealed: bytes, context: tuple[str, ...]) -> bool:
        try:
            return self._sealer.open(sealed, context).decode() == value
        except SecretUnreadable:
            # What a lost key has sealed can be replaced all the same.
            return False

    def digest(self, values: Mapping[str, str]) -> str:
        return self._sealer.digest(msgspec.json.encode(sorted(values.items())))


async def _check_room(session: AsyncSession, project_id: int, scope: Scope) -> None:
    row = EnvironmentVariableRow
    count, size = (
        await session.execute(
            select(
                func.count(), func.coalesce(func.sum(func.octet_length(row.name) + func.octet_length(row.value)), 0)
            ).where(row.project_id == project_id, row.scope == scope),
        )
    ).one()
    if count > ENV_VARS or size > ENV_BYTES:
        raise EnvFull(
            f"{scope} would have {count} env vars of {size // 1024} KB in all; at most {ENV_VARS} and "
            f"{ENV_BYTES // 1024} KB can be kept",
            hint="Unset what nobody reads: thakur env unset NAME.",
        )


def context_of(project_id: int, scope: Scope, name: str) -> tuple[str, ...]:
    """The one place at which a value opens."""
    return (str(project_id), scope.value, name)


def _stored(phase: Phase | None) -> str | None:
    return None if phase in (None, Phase.BOTH) else phase
