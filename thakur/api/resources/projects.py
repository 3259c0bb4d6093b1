"""Projects: the list, one by name, a new one, the end of one."""

from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.params import JSONBody, QueryParameter

from thakur.accounts import Action, Principal
from thakur.api.asked import PAGE_LIMIT, Asked, Asker, Limit, Services
from thakur.api.audited import SUBJECT
from thakur.api.fields import ProjectName, Settings
from thakur.api.interface import ApiServices
from thakur.api.marks import PROJECT_ID
from thakur.api.paging import page_of
from thakur.errors import Invalid
from thakur.installations import Connection, Filters, Held
from thakur.projects import Overrides, Project, ProjectStatus, Repository, changed

ROOT = "/api/v1/projects"

BeforeName = Annotated[str | None, QueryParameter(max_length=63)]


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """The repository on GitHub whose pushes are built, unless `filters` hold them back.

    `trouble` says why it cannot be asked, if it cannot, and `held` the newest commit of the branch where it is not built.
    """

    repository: str
    filters: Filters = Filters()
    trouble: str = ""
    held: Held | None = None


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
    github: Followed | None
    created_at: datetime


class ProjectAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new project is made of: `github` is OWNER/REPO, whose pushes to the branch are built.

    `root` is the application's directory in a repository.
    """

    name: ProjectName
    git_url: str = ""
    branch: str = ""
    git_token: str | None = None
    github: str = ""
    root: str = ""


class ProjectChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a project becomes another: settings by name, of which null unsets; those that are not named stay."""

    settings: Settings = {}


class ProjectGoing(msgspec.Struct, frozen=True):
    """The project that is being deleted."""

    name: str
    status: ProjectStatus = ProjectStatus.DELETING


@get(ROOT)
async def list_projects(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    before: BeforeName = None,
    limit: Limit = PAGE_LIMIT,
) -> Response[list[ProjectShown]]:
    """The projects of the asker's teams, newest first: those older than the project `before` if given."""
    found = await services.projects.list(principal)
    if before is not None:
        names = [project.name for project in found]
        if before not in names:
            raise Invalid(f"There is no project {before} any more", hint="Begin with the first page.", field="before")
        found = found[names.index(before) + 1 :]
    found = found[: limit + 1]
    return page_of(request, await _shown(services, principal, found), limit, attrgetter("name"))


@post(ROOT)
async def create_project(
    request: Request[Any, Any, Any], data: JSONBody[ProjectAsked], services: Services, principal: Asker
) -> ProjectShown:
    """A new project."""
    request.scope["state"][SUBJECT] = data.name
    # What is refused leaves no project behind.
    if data.git_url or data.github:
        principal.require(Action.CONFIGURE, principal.team_id)
    found = await services.browser.choose(principal, data.github) if data.github else None
    if found is not None and data.git_url:
        raise Invalid("A project has one repository", hint="Give github or git_url.", field="github")
    url, branch = (found.url, data.branch or found.default_branch) if found else (data.git_url, data.branch)
    services.repositories.check(url, branch, data.git_token)
    if data.root:
        changed(Overrides(), {"root": data.root})
    project = await services.projects.create(principal, data.name)
    request.scope["state"][PROJECT_ID] = project.id
    if data.root:
        settings = await services.projects.change_settings(principal, project.id, {"root": data.root})
        project = msgspec.structs.replace(project, settings=settings)
    if url:
        await services.repositories.set(principal, project.id, url, branch, data.git_token)
    if found is not None:
        await services.connections.connect(principal, project.id, found, follows_default=not data.branch)
    (shown,) = await _shown(services, principal, [project])
    return shown


@get(f"{ROOT}/{{name:str}}")
async def get_project(services: Services, principal: Asker, project: Asked) -> ProjectShown:
    """One project."""
    (shown,) = await _shown(services, principal, [project])
    return shown


@patch(f"{ROOT}/{{name:str}}")
async def change_project(
    data: JSONBody[ProjectChange], services: Services, principal: Asker, project: Asked
) -> ProjectShown:
    """Change all of it or nothing. What is live stays as it was made; the next build or deployment follows it."""
    settings = await services.projects.change_settings(principal, project.id, data.settings)
    (shown,) = await _shown(services, principal, [msgspec.structs.replace(project, settings=settings)])
    return shown


@delete(f"{ROOT}/{{name:str}}", status_code=202)
async def delete_project(services: Services, principal: Asker, project: Asked) -> ProjectGoing:
    """It answers 404 from now on; replicas, files and rows go in the background."""
    await services.projects.delete(principal, project.name)
    return ProjectGoing(project.name)


async def _shown(services: ApiServices, principal: Principal, projects: list[Project]) -> list[ProjectShown]:
    ids = [project.id for project in projects]
    live = await services.runtime.active(principal, ids)
    repositories = await services.repositories.of(ids)
    followed = await services.connections.of(ids)
    kept_bytes = await services.builds.artifact_bytes(ids)
    cache_bytes = await services.caches.size_bytes(ids)
    return [
        ProjectShown(
            name=project.name,
            url=services.project_url(project.name),
            status=project.status,
            active=live[project.id].number if project.id in live else None,
            repository=(repository := repositories.get(project.id)),
            github=_followed(repository, followed.get(project.id)),
            artifact_bytes=kept_bytes.get(project.id, 0),
            cache_bytes=cache_bytes.get(project.id, 0),
            settings=project.settings,
            created_at=project.created_at,
        )
        for project in projects
    ]


def _followed(repository: Repository | None, connection: Connection | None) -> Followed | None:
    # Where the project has another repository by now, pushes to the old one lead to nothing.
    if repository is None or connection is None or repository.url != connection.url:
        return None
    return Followed(
        repository=connection.full_name,
        filters=connection.filters,
        trouble=connection.trouble,
        held=connection.held,
    )


HANDLERS = [list_projects, create_project, get_project, change_project, delete_project]
