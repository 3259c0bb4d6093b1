"""Projects: the list, one by name, a new one, the end of one."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, get, post

from thakur.api.asked import Asked, Asker, Services
from thakur.api.body import decoded
from thakur.api.interface import ApiServices
from thakur.projects import Project, ProjectStatus
from thakur.runtime import Deployment

ROOT = "/api/v1/projects"


class ProjectShown(msgspec.Struct, frozen=True, kw_only=True):
    """A project as the API shows it. `active` is the number of what is live in production."""

    name: str
    url: str
    status: ProjectStatus
    active: int | None
    created_at: datetime


class ProjectAsked(msgspec.Struct, frozen=True):
    """What a new project is made of."""

    name: str


@get(ROOT)
async def list_projects(services: Services, principal: Asker) -> list[ProjectShown]:
    """The projects of the asker's teams, newest first."""
    projects = await services.projects.list(principal)
    live = await services.runtime.active(principal, [project.id for project in projects])
    return [_shown(services, project, live.get(project.id)) for project in projects]


@post(ROOT)
async def create_project(request: Request[Any, Any, Any], services: Services, principal: Asker) -> ProjectShown:
    """A new project."""
    asked = decoded(await request.body(), ProjectAsked)
    return _shown(services, await services.projects.create(principal, asked.name), None)


@get(f"{ROOT}/{{name:str}}")
async def get_project(services: Services, principal: Asker, project: Asked) -> ProjectShown:
    """One project."""
    live = await services.runtime.active(principal, [project.id])
    return _shown(services, project, live.get(project.id))


@delete(f"{ROOT}/{{name:str}}", status_code=202)
async def delete_project(services: Services, principal: Asker, project: Asked) -> dict[str, str]:
    """It answers 404 from now on; replicas, files and rows go in the background."""
    await services.projects.delete(principal, project.name)
    return {"name": project.name, "status": ProjectStatus.DELETING}


def _shown(services: ApiServices, project: Project, live: Deployment | None) -> ProjectShown:
    return ProjectShown(
        name=project.name,
        url=services.project_url(project.name),
        status=project.status,
        active=live.number if live else None,
        created_at=project.created_at,
    )


HANDLERS = [list_projects, create_project, get_project, delete_project]
