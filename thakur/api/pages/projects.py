"""The projects page: what there is, how it fares, what changed last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect, Stream

from thakur.accounts import Principal
from thakur.api.asked import Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.live import Live
from thakur.api.pages.parts.rendering import page, rendered
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import told
from thakur.builds import Build, BuildStatus
from thakur.projects import Project
from thakur.runtime import Deployment

HERE = "/projects"

Query = Annotated[str, QueryParameter(max_length=100)]


class ProjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A project in the list: `status` is what is to be seen first, `word` says it where the status alone is too little."""

    name: str
    host: str
    status: str
    word: str
    title: str
    by: str
    at: datetime


@get("/")
async def front() -> Redirect:
    """The first page is the list of projects."""
    return Redirect(HERE)


@get(HERE)
async def projects_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, q: Query = ""
) -> Response[str]:
    """All projects, or those whose names hold the words."""
    context = await _context(services, principal, q)
    context |= {"shell": await shell_of(request, services, principal, HERE), "told": told(request)}
    return page(request, "projects/index.html", context, fragments={"projects": "projects/_list.html"})


@get(f"{HERE}/events")
async def projects_live(services: Services, principal: Asker, live_pages: Live, q: Query = "") -> Stream:
    """The list again whenever it changes."""

    async def parts() -> dict[str, str]:
        return {"projects": rendered("projects/_list.html", await _context(services, principal, q))}

    return live_pages.answer(parts)


async def _context(services: ApiServices, principal: Principal, q: str) -> dict[str, object]:
    projects = await services.projects.list(principal)
    wanted = [project for project in projects if q.strip().lower() in project.name]
    return {"projects": await _rows(services, principal, wanted), "total": len(projects), "q": q}


async def _rows(services: ApiServices, principal: Principal, projects: Sequence[Project]) -> list[ProjectRow]:
    ids = [project.id for project in projects]
    live = await services.runtime.active(principal, ids)
    newest = await services.builds.newest(principal, ids)
    rows = [
        _row(services.project_url(project.name), project, live.get(project.id), newest.get(project.id))
        for project in projects
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _row(url: str, project: Project, live: Deployment | None, build: Build | None) -> ProjectRow:
    status, word = _status(live, build)
    return ProjectRow(
        name=project.name,
        host=urlsplit(url).netloc,
        status=status,
        word=word,
        title=_title(build),
        by=build.requested_by if build else "",
        at=build.created_at if build else project.created_at,
    )


def _status(live: Deployment | None, build: Build | None) -> tuple[str, str]:
    # What is under way or has failed since comes before what serves.
    is_newer = build is not None and (live is None or build.number > live.number)
    if build is not None and is_newer and build.status in (BuildStatus.QUEUED, BuildStatus.RUNNING, BuildStatus.FAILED):
        return build.status, f"build {build.status}"
    if live is not None:
        return live.status, live.status
    return "waiting", "nothing live"


def _title(build: Build | None) -> str:
    if build is None:
        return "Nothing was deployed yet"
    first = (build.source.message or "").partition("\n")[0]
    return first or f"#{build.number} from {build.source.folder or 'a folder'}"


HANDLERS = [front, projects_page, projects_live]
