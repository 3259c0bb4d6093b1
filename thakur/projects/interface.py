"""Projects and their environments: names, owners, numbers, and the order of a deletion."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Conflict, Invalid, NotFound

PRODUCTION = "production"


class ProjectStatus(StrEnum):
    """`active`, then `deleting` until every trace is gone; there is no way back."""

    ACTIVE = "active"
    DELETING = "deleting"


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """An application: its name is unique on the whole server and is its subdomain."""

    id: int
    team_id: int
    name: str
    status: ProjectStatus
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


class ProjectNotFound(NotFound):
    """No project of that name in the principal's teams."""

    code = "project_not_found"


class ProjectNameInvalid(Invalid):
    """The name is no DNS label, is reserved, or reads like a preview's host name."""

    code = "project_name_invalid"


class ProjectNameTaken(Conflict):
    """Another project on this server has the name, or it is still being deleted."""

    code = "project_name_taken"


class DeletionConsumer(Protocol):
    """Implemented by the modules above that keep things of a project elsewhere than in rows."""

    async def project_deleted(self, project_id: int) -> None:
        """Remove everything of the project but its rows. May be called twice; raises to be called again later."""


class Projects(Protocol):
    """The one place that turns a name into a project for a principal, filtered by team."""

    async def create(self, principal: Principal, name: str) -> Project:
        """Raises ProjectNameInvalid, ProjectNameTaken."""

    async def get(self, principal: Principal, name: str) -> Project:
        """Raises ProjectNotFound, also for one that is being deleted."""

    async def list(self, principal: Principal) -> list[Project]:
        """The principal's projects, newest first."""

    async def delete(self, principal: Principal, name: str) -> None:
        """Mark it `deleting` and wake the deletion; it answers 404 from now on, its name stays taken until the end.

        Raises ProjectNotFound.
        """

    async def by_id(self, project_id: int) -> Project:
        """For jobs, which act for nobody. Raises ProjectNotFound."""

    async def environment(self, project_id: int, label: str) -> Environment:
        """The environment of that label, made if it is missing."""

    async def places(self, environment_ids: Sequence[int]) -> dict[int, Place]:
        """Their names, by environment id; unknown ids are left out. One query."""

    async def take_number(self, project_id: int) -> int:
        """The project's next number; it is given once, to a build or to a deployment without one."""
