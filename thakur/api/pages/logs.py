"""The page of what a project's replicas write."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect, Stream

from thakur.accounts import Action, Principal
from thakur.api.asked import After, Asked, Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.live import Live
from thakur.api.pages.parts.log_view import At, Levels, LineCount, Words, download, last_event, log_lines, log_view
from thakur.api.pages.parts.project_shell import head_of, project_context
from thakur.api.pages.parts.recent import with_recent
from thakur.api.pages.parts.rendering import page, reader, rendered
from thakur.api.pages.parts.told import back_with
from thakur.logs import Level
from thakur.projects import PRODUCTION, Project

ROOT = "/projects/{name:str}/logs"
TAB = "/logs"


@get(ROOT)
async def logs_page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    words: Words = "",
    levels: Levels = None,
    line: At = None,
) -> Response[bytes]:
    """The newest lines of production, then every new one."""
    context = await project_context(request, services, principal, project, TAB)
    url = f"/projects/{project.name}/logs/lines"
    stream_id = await _stream(services, principal, project)
    context |= {
        "log": await log_view(services.logs, stream_id, url, words=words, levels=levels, line=line),
        "log_name": "Runtime log of production",
        "levels": list(Level),
        "clear_url": f"/projects/{project.name}/logs/clearing"
        if principal.may(Action.CLEAR_LOGS, project.team_id)
        else "",
    }
    return page(request, "logs/index.html", context)


@get(f"{ROOT}/events")
async def logs_live(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    live_pages: Live,
    after: After = 0,
) -> Stream:
    """New lines as they come, and how the project fares."""
    stream_id = await _stream(services, principal, project)
    base = reader(request)

    async def parts() -> Mapping[str, str]:
        context = base | {"head": await head_of(services, principal, project)}
        return {"project-state": rendered("project/_state.html", context)}

    return live_pages.answer(
        with_recent(services, principal, parts), services.logs.tail(stream_id, last_event(request, after))
    )


@get(f"{ROOT}/lines")
async def logs_lines(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    words: Words = "",
    levels: Levels = None,
    after: After = 0,
    limit: LineCount = 500,
) -> Response[bytes]:
    """A stretch of the log, as the page shows lines."""
    stream_id = await _stream(services, principal, project)
    return await log_lines(request, services.logs, stream_id, words=words, levels=levels, after=after, limit=limit)


@get(f"{ROOT}/lines.txt")
async def logs_file(services: Services, principal: Asker, project: Asked) -> Stream:
    """The whole log, to keep."""
    return await download(services.logs, await _stream(services, principal, project), f"{project.name}.log")


@post(f"{ROOT}/clearing", status_code=303)
async def clear_logs(services: Services, principal: Asker, project: Asked) -> Redirect:
    """Remove what production's replicas wrote so far."""
    await services.projects.authorize(principal, project.id, Action.CLEAR_LOGS)
    await services.logs.clear(await _stream(services, principal, project))
    return back_with(f"/projects/{project.name}/logs", "clearing")


async def _stream(services: ApiServices, principal: Principal, project: Project) -> int:
    return await services.runtime.runtime_stream(principal, project.id, PRODUCTION)


HANDLERS = [logs_page, logs_live, logs_lines, logs_file, clear_logs]
