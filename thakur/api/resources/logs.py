"""Log streams over HTTP: pages of lines as JSON, or a live stream of events for whoever accepts one."""

import re
from typing import Any

import msgspec
from litestar import Request, Response, delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from thakur.accounts import Action
from thakur.api.asked import AfterOrNewest, Asked, Asker, Limit, Services
from thakur.api.events import EventStreams
from thakur.api.lines import LineShown, lines_shown
from thakur.api.paging import next_link
from thakur.errors import Invalid
from thakur.logs import Line, Logs
from thakur.projects import PRODUCTION

NEWEST_LINES = 100
_LINE_NUMBER = re.compile("[0-9]{0,15}")
ROOT = "/api/v1/projects/{name:str}"

Tails = NamedDependency[SkipValidation[EventStreams]]


class LogCleared(msgspec.Struct, frozen=True):
    """Where a log that was cleared goes on."""

    goes_on_from: int


@get(f"{ROOT}/logs")
async def runtime_logs(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    tails: Tails,
    project: Asked,
    after: AfterOrNewest = None,
    limit: Limit = NEWEST_LINES,
) -> Response[list[LineShown]]:
    """What production's replicas write; without `after`, from the newest lines on."""
    stream_id = await services.runtime.runtime_stream(principal, project.id, PRODUCTION)
    return await log_answer(request, services.logs, tails, stream_id, after=after, limit=limit)


@delete(f"{ROOT}/logs", status_code=200)
async def clear_runtime_logs(services: Services, principal: Asker, project: Asked) -> LogCleared:
    """Remove what production's replicas wrote so far."""
    await services.projects.authorize(principal, project.id, Action.CLEAR_LOGS)
    stream_id = await services.runtime.runtime_stream(principal, project.id, PRODUCTION)
    return LogCleared(await services.logs.clear(stream_id) + 1)


@delete(f"{ROOT}/builds/{{number:int}}/logs", status_code=200)
async def clear_build_logs(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> LogCleared:
    """Remove the lines of the build and of the deployment made from it so far."""
    await services.projects.authorize(principal, project.id, Action.CLEAR_LOGS)
    build = await services.builds.get(principal, project.id, number)
    return LogCleared(await services.logs.clear(build.log_stream_id) + 1)


async def log_answer(
    request: Request[Any, Any, Any],
    logs: Logs,
    tails: EventStreams,
    stream_id: int,
    *,
    after: int | None,
    limit: int,
) -> Response[Any]:
    """Lines above `after`; without it the newest `limit`. An event stream goes on from `Last-Event-ID` if that is sent."""
    last_event = _last_event(request)
    if "text/event-stream" not in request.headers.get("accept", ""):
        lines = lines_shown(await _lines(logs, stream_id, after, limit))
        is_more = after is not None and len(lines) == limit
        headers = {"link": next_link(request, "after", lines[-1].number)} if is_more else {}
        return Response(lines, headers=headers)
    after = after if last_event is None else last_event
    newest = () if after is not None else tuple(await logs.last(stream_id, limit))
    start = after if after is not None else (newest[-1].number if newest else 0)
    return Stream(
        tails.events(newest, logs.tail(stream_id, start)),
        media_type="text/event-stream; charset=utf-8",
        headers={"cache-control": "no-cache", "x-accel-buffering": "no"},
    )


async def _lines(logs: Logs, stream_id: int, after: int | None, limit: int) -> list[Line]:
    if after is None:
        return await logs.last(stream_id, limit)
    return await logs.page(stream_id, after, limit)


def _last_event(request: Request[Any, Any, Any]) -> int | None:
    sent = request.headers.get("last-event-id", "")
    if not _LINE_NUMBER.fullmatch(sent):
        raise Invalid("Last-Event-ID is no line's number", field="Last-Event-ID")
    return int(sent) if sent else None


HANDLERS = [runtime_logs, clear_runtime_logs, clear_build_logs]
