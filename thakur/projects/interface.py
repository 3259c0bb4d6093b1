"""Projects and their environments: names, owners, numbers, and the order of a deletion."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

import msgspec

from thakur.accounts import Action, Principal
from thakur.errors import Conflict, Invalid, NotFound
from thakur.projects.pasted import PastedVar

PRODUCTION = "production"

VALUE_BYTES = 64 * 1024
ENV_VARS = 500
# All of a scope's names and values together; a program is not started with much more.
ENV_BYTES = 512 * 1024


class ProjectStatus(StrEnum):
    """`active`, then `deleting` until every trace is gone; there is no way back."""

    ACTIVE = "active"
    DELETING = "deleting"


class Overrides(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody says of an application that detection would find out or take for granted; None says nothing.

    `install`, `build` and `start` are text for a shell, an empty one leaves the step out; they run in `root`, the
    application's directory, and `output` is relative to it. What begins with `build_` limits a build, the rest a replica.
    """

    root: str | None = None
    install: str | None = None
    trust_scripts: bool | None = None
    build: str | None = None
    start: str | None = None
    output: str | None = None
    health_path: str | None = None
    runtime: Literal["bun", "node"] | None = None
    spa_fallback: bool | None = None
    memory_mb: int | None = None
    cpus: float | None = None
    processes: int | None = None
    build_memory_mb: int | None = None
    build_minutes: int | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """An application: its name is unique on the whole server and is its subdomain."""

    id: int
    team_id: int
    name: str
    status: ProjectStatus
    settings: Overrides = Overrides()
    created_at: datetime


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where one deployment of a project is active; the label is `production` or a preview's."""

    id: int
    project_id: int
    label: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An environment by the names that people use."""

    environment_id: int
    project_id: int
    project: str
    label: str


class Scope(StrEnum):
    """Whose env vars: production's, or those that all previews share."""

    PRODUCTION = "production"
    PREVIEW = "preview"


class Phase(StrEnum):
    """What is given an env var: the commands that install and build, the application that starts, or both."""

    BUILD = "build"
    START = "start"
    BOTH = "both"


class EnvVar(msgspec.Struct, frozen=True, kw_only=True):
    """An env var without its value, which only a build or an application is given."""

    name: str
    scope: Scope
    phase: Phase
    updated_at: datetime
    updated_by: str


class LeftOut(msgspec.Struct, frozen=True):
    """A name of a pasted `.env` that was not set, and why."""

    name: str
    reason: str


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a pasted `.env`: the names that were set, those that were so already, and those that are refused."""

    names: tuple[str, ...]
    unchanged: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class ProjectNotFound(NotFound):
    """No project of that name in the principal's teams."""

    code = "project_not_found"


class ProjectNameInvalid(Invalid):
    """The name is no DNS label, is reserved, or reads like a preview's host name."""

    code = "project_name_invalid"


class ProjectNameTaken(Conflict):
    """Another project on this server has the name, or it is still being deleted."""

    code = "project_name_taken"


class SettingRefused(Invalid):
    """No setting has that name, or it cannot have that value; `field` is the name."""

    code = "setting_refused"


class EnvVarNotFound(NotFound):
    """The scope has no env var of that name."""

    code = "env_var_not_found"


class EnvNameRefused(Invalid):
    """The name is no variable's name, or belongs to Thakur or to the system's loader; `field` is the name."""

    code = "env_name_refused"


class EnvValueRefused(Invalid):
    """The value holds a NUL or no text, or is over 64 KB; `field` is the variable's name."""

    code = "env_value_refused"


class EnvFull(Invalid):
    """More than 500 env vars, or more than 512 KB of them, in one scope."""

    code = "env_full"


class DotenvInvalid(Invalid):
    """A line of a pasted `.env` is no assignment; the message names the line by its number only."""

    code = "dotenv_invalid"


class DeletionConsumer(Protocol):
    """Implemented by the modules above that keep things of a project elsewhere than in rows."""

    async def project_deleted(self, project_id: int) -> None:
        """Remove everything of the project but its rows. May be called twice; raises to be called again later."""

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        """Remove everything of one of its environments but its rows; as above."""


class Projects(Protocol):
    """The one place that turns a name into a project for a principal, filtered by team."""

    async def create(self, principal: Principal, name: str) -> Project:
        """Raises ProjectNameInvalid, ProjectNameTaken, ActionForbidden."""

    async def get(self, principal: Principal, name: str) -> Project:
        """Raises ProjectNotFound, also for one that is being deleted."""

    async def list(self, principal: Principal, limit: int | None = None) -> list[Project]:
        """The principal's projects, newest first; at most `limit` if given."""

    async def delete(self, principal: Principal, name: str) -> None:
        """Mark it `deleting` and wake the deletion; it answers 404 from now on, its name stays taken until the end.

        Raises ProjectNotFound, ActionForbidden.
        """

    async def authorize(self, principal: Principal, project_id: int, action: Action) -> None:
        """Return when the principal may do that with the project or what belongs to it.

        The guard that every service asks before it changes something for a person. Raises ProjectNotFound, also for a
        foreign team's, and ActionForbidden.
        """

    async def settings(self, project_id: int) -> Overrides:
        """What builds and deployments of now are told. Raises ProjectNotFound."""

    async def change_settings(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> Overrides:
        """Set all of them or none; None unsets. Returns what is set now.

        Raises SettingRefused, ProjectNotFound, ActionForbidden.
        """

    async def by_id(self, project_id: int) -> Project:
        """For jobs, which act for nobody. Raises ProjectNotFound."""

    async def environment(self, project_id: int, label: str) -> Environment:
        """The environment of that label, made if it is missing. Raises EnvironmentGoing."""

    async def environments(self, project_id: int) -> Sequence[Environment]:
        """All of the project's, production first; those that are being removed are left out. One query."""

    async def places(self, environment_ids: Sequence[int]) -> dict[int, Place]:
        """Their names, by environment id; unknown ids are left out. One query."""

    async def take_number(self, project_id: int) -> int:
        """The project's next number; it is given once, to a build or to a deployment without one."""


class EnvVars(Protocol):
    """Env vars of projects: text, kept to the byte, sealed where they are stored. A change shows in the next deployment."""

    async def set(
        self, principal: Principal, project_id: int, scope: Scope, values: Mapping[str, str], phase: Phase | None = None
    ) -> None:
        """Set all of them or none. Without a phase, a new one is for both and an old one stays as narrow as it was.

        Raises EnvNameRefused, EnvValueRefused, EnvFull, ProjectNotFound, ActionForbidden.
        """

    async def unset(self, principal: Principal, project_id: int, scope: Scope, names: Sequence[str]) -> None:
        """Forget all of them or none. Raises EnvVarNotFound, ProjectNotFound, ActionForbidden."""

    async def list(self, principal: Principal, project_id: int) -> list[EnvVar]:
        """Those of both scopes, production's first, by name. No values."""

    async def import_dotenv(
        self, principal: Principal, project_id: int, scope: Scope, text: str, phase: Phase | None = None
    ) -> Imported:
        """Set what a `.env` says and is not so already; what is refused is left out. Raises DotenvInvalid, and what `set` raises."""

    async def look_over(
        self, principal: Principal, project_id: int, scope: Scope, text: str, phase: Phase | None = None
    ) -> tuple[PastedVar, ...]:
        """What `import_dotenv` would do, of which nothing is done. Raises DotenvInvalid, ProjectNotFound, ActionForbidden."""

    async def resolve(self, environment_id: int, phase: Phase) -> dict[str, str]:
        """What a build or an application of that environment is given, by name. For jobs, which act for nobody.

        That of a pull request from a fork is given nothing.
        Raises SecretUnreadable.
        """

    def digest(self, values: Mapping[str, str]) -> str:
        """The same for the same names and values, and says nothing about them."""
