"""Projects: the list, one by name, a new one, the end of one."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, get, patch, post

from thakur.accounts import Action, Principal
from thakur.api.asked import Asked, Asker, Services
from thakur.api.audited import SUBJECT
from thakur.api.body import decoded
from thakur.api.interface import ApiServices
from thakur.projects import Overrides, Project, ProjectStatus, Repository

ROOT = "/api/v1/projects"


class ProjectShown(msgspec.Struct, frozen=True, kw_only=True):
    """A project as the API shows it: `active` is the number of what is live in production.

    `artifact_bytes` and `cache_bytes` are what is kept.
    """

    name: str
    url: str
    status: ProjectStatus
    active: int | None
    artifact_bytes: int
    cache_bytes: int
    settings: Overrides
    repository: Repository | None
    created_at: datetime


class ProjectAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new project is made of."""

    name: str
    git_url: str = ""
    branch: str = ""
    git_token: str | None = None


class ProjectChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a project becomes another: settings by name, of which null unsets; those that are not named stay."""

    settings: dict[str, Any] = {}


@get(ROOT)
async def list_projects(services: Services, principal: Asker) -> list[ProjectShown]:
    """The projects of the asker's teams, newest first."""
    return await _shown(services, principal, await services.projects.list(principal))


@post(ROOT)
async def create_project(request: Request[Any, Any, Any], services: Services, principal: Asker) -> ProjectShown:
    """A new project."""
    asked = decoded(await request.body(), ProjectAsked)
    request.scope["state"][SUBJECT] = asked.name
    # What is refused leaves no project behind.
    services.repositories.check(asked.git_url, asked.branch, asked.git_token)
    if asked.git_url:
        principal.require(Action.CONFIGURE, principal.team_id)
    project = await services.projects.create(principal, asked.name)
    if asked.git_url:
        await services.repositories.set(principal, project.id, asked.git_url, asked.branch, asked.git_token)
    (shown,) = await _shown(services, principal, [project])
    return shown


@get(f"{ROOT}/{{name:str}}")
async def get_project(services: Services, principal: Asker, project: Asked) -> ProjectShown:
    """One project."""
    (shown,) = await _shown(services, principal, [project])
    return shown


@patch(f"{ROOT}/{{name:str}}")
async def change_project(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> ProjectShown:
    """Change all of it or nothing. What is live stays as it was made; the next build or deployment follows it."""
    asked = decoded(await request.body(), ProjectChange)
    settings = await services.projects.change_settings(principal, project.id, asked.settings)
    (shown,) = await _shown(services, principal, [msgspec.structs.replace(project, settings=settings)])
    return shown


@delete(f"{ROOT}/{{name:str}}", status_code=202)
async def delete_project(services: Services, principal: Asker, project: Asked) -> dict[str, str]:
    """It answers 404 from now on; replicas, files and rows go in the background."""
    await services.projects.delete(principal, project.name)
    return {"name": project.name, "status": ProjectStatus.DELETING}


async def _shown(services: ApiServices, principal: Principal, projects: list[Project]) -> list[ProjectShown]:
    ids = [project.id for project in projects]
    live = await services.runtime.active(principal, ids)
    repositories = await services.repositories.of(ids)
    kept_bytes = await services.builds.artifact_bytes(ids)
    cache_bytes = await services.caches.size_bytes(ids)
    return [
        ProjectShown(
            name=project.name,
            url=services.project_url(project.name),
            status=project.status,
            active=live[project.id].number if project.id in live else None,
            repository=repositories.get(project.id),
            artifact_bytes=kept_bytes.get(project.id, 0),
            cache_bytes=cache_bytes.get(project.id, 0),
            settings=project.settings,
            created_at=project.created_at,
        )
        for project in projects
    ]


HANDLERS = [list_projects, create_project, get_project, change_project, delete_project]
