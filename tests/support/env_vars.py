"""Env vars that are what a test says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from thakur.accounts import Principal
from thakur.projects import (
    EnvVar,
    EnvVarNotFound,
    Imported,
    LeftOut,
    PastedStatus,
    PastedVar,
    Phase,
    Scope,
    looked_over,
)
from thakur.projects.dotenv import parse_dotenv
from thakur.projects.env_names import check_env_name, check_env_value

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FixedEnv:
    """Implements the part of EnvVars that jobs use; the same for every environment."""

    def __init__(self) -> None:
        self.build: dict[str, str] = {}
        self.start: dict[str, str] = {}

    async def resolve(self, environment_id: int, phase: Phase) -> dict[str, str]:
        return dict(self.build if phase is Phase.BUILD else self.start)

    def digest(self, values: Mapping[str, str]) -> str:
        return str(sorted(values.items()))


class FakeEnvVars:
    """Implements the part of EnvVars that people use, in memory; `values` holds what was set."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, Scope, str], str] = {}
        self.phases: dict[tuple[int, Scope, str], Phase] = {}

    async def set(
        self, principal: Principal, project_id: int, scope: Scope, values: Mapping[str, str], phase: Phase | None = None
    ) -> None:
        for name, value in values.items():
            check_env_name(name)
            check_env_value(name, value)
        for name, value in values.items():
            key = (project_id, scope, name)
            self.values[key] = value
            self.phases[key] = phase or self.phases.get(key, Phase.BOTH)

    async def unset(self, principal: Principal, project_id: int, scope: Scope, names: Sequence[str]) -> None:
        for name in names:
            if self.values.pop((project_id, scope, name), None) is None:
                raise EnvVarNotFound(f"{scope} has no env var {name}", field=name)

    async def list(self, principal: Principal, project_id: int) -> list[EnvVar]:
        return [
            EnvVar(
                name=name, scope=scope, phase=self.phases[project, scope, name], updated_at=AT, updated_by="operator"
            )
            for project, scope, name in sorted(self.values)
            if project == project_id
        ]

    async def import_dotenv(
        self, principal: Principal, project_id: int, scope: Scope, text: str, phase: Phase | None = None
    ) -> Imported:
        found = await self.look_over(principal, project_id, scope, text, phase)
        values = parse_dotenv(text)
        names = tuple(one.name for one in found if one.status in (PastedStatus.NEW, PastedStatus.REPLACED))
        await self.set(principal, project_id, scope, {name: values[name] for name in names}, phase)
        unchanged = tuple(one.name for one in found if one.status is PastedStatus.UNCHANGED)
        left_out = tuple(LeftOut(one.name, one.reason) for one in found if one.reason)
        return Imported(names=names, unchanged=unchanged, left_out=left_out)

    async def look_over(
        self, principal: Principal, project_id: int, scope: Scope, text: str, phase: Phase | None = None
    ) -> tuple[PastedVar, ...]:
        values = parse_dotenv(text)
        own = {
            name: value
            for (project, within, name), value in self.values.items()
            if (project, within) == (project_id, scope)
        }
        return looked_over(text, {name: value == values.get(name) for name, value in own.items()})
