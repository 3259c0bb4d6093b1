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
from thakur.api.pages.parts.recent import with_recent
from thakur.api.pages.parts.rendering import page, rendered
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.standing import Standing, standings
from thakur.api.pages.parts.told import told
from thakur.projects import Project

HERE = "/projects"

# Each is looked at again twice in three seconds while the page is open.
PAGE = 50

Query = Annotated[str, QueryParameter(max_length=100)]
PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=1000)]


class ProjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A project in the list: `status` is what is to be seen first, `word` says it where the status alone is too little.

    `serves` is the number that serves meanwhile, where the status is another one's.
    """

    name: str
    host: str
    status: str
    word: str
    serves: int | None
    number: int | None
    title: str
    by: str
    at: datetime


@get("/")
async def front() -> Redirect:
    """The first page is the list of projects."""
    return Redirect(HERE)


@get(HERE)
async def projects_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, q: Query = "", page_number: PageNumber = 1
) -> Response[bytes]:
    """The newest projects, or of those whose names hold the words; older ones on further pages."""
    context = await _context(services, principal, q, page_number)
    context |= {"shell": await shell_of(request, services, principal, HERE), "told": told(request)}
    return page(request, "projects/index.html", context, fragments={"found": "projects/_found.html"})


@get(f"{HERE}/events")
async def projects_live(
    services: Services, principal: Asker, live_pages: Live, q: Query = "", page_number: PageNumber = 1
) -> Stream:
    """The list again whenever it changes."""

    async def parts() -> dict[str, str]:
        return {"projects": rendered("projects/_list.html", await _context(services, principal, q, page_number))}

    return live_pages.answer(with_recent(services, principal, parts))


async def _context(services: ApiServices, principal: Principal, q: str, number: int) -> dict[str, object]:
    projects = await services.projects.list(principal)
    wanted = [project for project in projects if q.strip().lower() in project.name]
    shown = wanted[(number - 1) * PAGE : number * PAGE]
    return {
        "projects": await _rows(services, principal, shown),
        "total": len(projects),
        "q": q,
        "number": number,
        "has_more": len(wanted) > number * PAGE,
    }


async def _rows(services: ApiServices, principal: Principal, projects: Sequence[Project]) -> list[ProjectRow]:
    found = await standings(services, principal, [project.id for project in projects])
    rows = [_row(services.project_url(project.name), project, found[project.id]) for project in projects]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _row(url: str, project: Project, standing: Standing) -> ProjectRow:
    newest = standing.newest
    return ProjectRow(
        name=project.name,
        host=urlsplit(url).netloc,
        status=standing.status,
        word=standing.word,
        serves=standing.serves,
        number=newest.number if newest else None,
        title=newest.title if newest else "Nothing was deployed yet",
        by=newest.by if newest else "",
        at=newest.at if newest else project.created_at,
    )


HANDLERS = [front, projects_page, projects_live]
