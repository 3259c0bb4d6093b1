"""The pages of deployments: a project's history, and one number from its source to its visitors."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from thakur.accounts import Action, Principal
from thakur.api.asked import After, Asked, Asker, Before, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.chapters import chapter_of, chapters_of
from thakur.api.pages.parts.following import following_of
from thakur.api.pages.parts.history import Chapter
from thakur.api.pages.parts.live import Live
from thakur.api.pages.parts.log_view import At, Levels, LineCount, Words, download, last_event, log_lines, log_view
from thakur.api.pages.parts.project_shell import project_context, rights
from thakur.api.pages.parts.recent import with_recent
from thakur.api.pages.parts.rendering import page, reader, rendered
from thakur.api.pages.parts.steps import sentence, steps_of
from thakur.api.sought import STATUSES, InEnvironment, OfBranch, OfStatus, Sought
from thakur.logs import Level
from thakur.projects import Project

ROOT = "/projects/{name:str}/deployments"
ONE = f"{ROOT}/{{number:int}}"
PAGE = 25
TAB = "/deployments"


@get(ROOT)
async def deployments_page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    environment: InEnvironment = "",
    status: OfStatus = "",
    branch: OfBranch = "",
    before: Before = None,
) -> Response[bytes]:
    """Builds and deployments in one list, newest first: all of them, or those that fit what is asked for."""
    sought = Sought(environment=environment.strip(), status=status.strip(), branch=branch.strip())
    context = await project_context(request, services, principal, project, TAB)
    context |= await _history(services, principal, project, sought, before) | {"statuses": STATUSES}
    return page(
        request,
        "deployments/index.html",
        context,
        fragments={"history": "deployments/_history.html"},
        # Fields that are left empty are left out of the address.
        headers={"hx-push-url": f"/projects/{project.name}{TAB}{sought.query()}"},
    )


@get(f"{ROOT}/events")
async def deployments_live(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    live_pages: Live,
    environment: InEnvironment = "",
    status: OfStatus = "",
    branch: OfBranch = "",
    before: Before = None,
) -> Stream:
    """The list again whenever it changes."""
    base = reader(request) | {"may": rights(principal, project), "at": f"/projects/{project.name}"}
    sought = Sought(environment=environment.strip(), status=status.strip(), branch=branch.strip())

    async def parts() -> Mapping[str, str]:
        history = await _history(services, principal, project, sought, before)
        return {"deployments": rendered("deployments/_rows.html", base | history)}

    return live_pages.answer(with_recent(services, principal, parts))


@get(ONE)
async def deployment_page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    number: FromPath[int],
    words: Words = "",
    levels: Levels = None,
    line: At = None,
) -> Response[bytes]:
    """One number: its steps, why it failed if it did, and its log."""
    chapter = await chapter_of(services, principal, project, number)
    context = await project_context(request, services, principal, project, TAB)
    context |= await _shown(services, principal, project, chapter)
    url = f"/projects/{project.name}/deployments/{number}/log"
    context |= {
        "log": await log_view(services.logs, stream_of(chapter), url, words=words, levels=levels, line=line),
        "log_name": f"Log of deployment {number}",
        "levels": list(Level),
        "clear_url": f"{url}/clearing" if principal.may(Action.CLEAR_LOGS, project.team_id) else "",
    }
    return page(request, "deployments/show.html", context)


@get(f"{ONE}/events")
async def deployment_live(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    number: FromPath[int],
    live_pages: Live,
    after: After = 0,
) -> Stream:
    """Its parts whenever they change, and the lines of its log after `after`."""
    first = await chapter_of(services, principal, project, number)
    base = reader(request) | {"may": rights(principal, project), "at": f"/projects/{project.name}"}
    could_change = True

    async def parts() -> Mapping[str, str] | None:
        nonlocal could_change
        if not could_change:
            return None
        chapter = await chapter_of(services, principal, project, number)
        could_change = chapter.can_change
        context = base | await _shown(services, principal, project, chapter)
        return {
            "top": rendered("deployments/_top.html", context),
            "diagnosis": rendered("deployments/_diagnosis.html", context),
            "progress": rendered("deployments/_progress.html", context),
        }

    return live_pages.answer(
        with_recent(services, principal, parts), services.logs.tail(stream_of(first), last_event(request, after))
    )


@get(f"{ONE}/log")
async def deployment_log(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    number: FromPath[int],
    words: Words = "",
    levels: Levels = None,
    after: After = 0,
    limit: LineCount = 500,
) -> Response[bytes]:
    """A stretch of its log, as the page shows lines."""
    stream_id = stream_of(await chapter_of(services, principal, project, number))
    return await log_lines(request, services.logs, stream_id, words=words, levels=levels, after=after, limit=limit)


@get(f"{ONE}/log.txt")
async def deployment_log_file(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Stream:
    """Its whole log, to keep."""
    stream_id = stream_of(await chapter_of(services, principal, project, number))
    return await download(services.logs, stream_id, f"{project.name}-{number}.log")


async def _history(
    services: ApiServices, principal: Principal, project: Project, sought: Sought, before: int | None
) -> dict[str, object]:
    chapters = await chapters_of(services, principal, project, sought, limit=PAGE + 1, before=before)
    older = chapters[PAGE - 1].number if len(chapters) > PAGE else None
    following = await following_of(services, project)
    return {
        "chapters": chapters[:PAGE],
        "held": following.held if following and sought.is_all and before is None else (),
        "sought": sought,
        "older": older,
        "before": before,
    }


async def _shown(services: ApiServices, principal: Principal, project: Project, chapter: Chapter) -> dict[str, object]:
    live = (await services.runtime.active(principal, [project.id])).get(project.id)
    still_active = live.number if live is not None and live.number != chapter.number else None
    return {
        "chapter": chapter,
        "steps": steps_of(chapter),
        "sentence": sentence(chapter, still_active=still_active),
        "still_active": still_active,
        "url": chapter.deployment.url if chapter.deployment else "",
    }


def stream_of(chapter: Chapter) -> int:
    """The id of its log stream, which a build shares with its deployment."""
    told = chapter.build or chapter.deployment
    assert told is not None
    return told.log_stream_id


HANDLERS = [
    deployments_page,
    deployments_live,
    deployment_page,
    deployment_live,
    deployment_log,
    deployment_log_file,
]
