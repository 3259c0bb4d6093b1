"""The page of deliveries: what GitHub has told, what became of it, and having it once more."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Stream

from thakur.accounts import Action, Principal
from thakur.api.asked import Asker, Before, Services
from thakur.api.audited import SUBJECT
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.live import Live
from thakur.api.pages.parts.recent import with_recent
from thakur.api.pages.parts.rendering import page, reader, rendered
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import Told, back_with, refused, told
from thakur.errors import ThakurError
from thakur.webhooks import DeliveryMissing, DeliveryStatus

HERE = "/deliveries"
PLACE = "/installations"
PAGE = 50
# Not a status of the inbox: what has never got there.
MISSING = "missing"

Status = Annotated[str, QueryParameter(name="status", max_length=20)]
Event = Annotated[str, QueryParameter(name="event", max_length=64)]


@get(HERE)
async def deliveries_page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    status: Status = "",
    event: Event = "",
    before: Before = None,
) -> Response[bytes]:
    """The newest deliveries, or those before one; those that never arrived are asked for at GitHub."""
    return await _page(request, services, principal, status, event, before)


@get(f"{HERE}/events")
async def deliveries_live(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    live_pages: Live,
    status: Status = "",
    event: Event = "",
    before: Before = None,
) -> Stream:
    """The list again whenever something arrives, or was acted on."""
    principal.require(Action.MANAGE_GITHUB, principal.team_id)
    base = reader(request)

    async def parts() -> Mapping[str, str]:
        found = await _kept(services, principal, status, event, before)
        return {"deliveries": rendered("deliveries/_list.html", base | found)}

    return live_pages.answer(with_recent(services, principal, parts))


@post(f"{HERE}/redelivery", status_code=303)
async def redeliver(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Act on it again, or have GitHub send it again."""
    guid = str((await request.form()).get("guid", ""))
    request.scope["state"][SUBJECT] = guid
    try:
        done = await services.deliveries.redeliver(principal, guid)
    except ThakurError as error:
        return await _page(request, services, principal, "", "", None, refusal=error)
    return back_with(HERE, "delivery_sent_again" if done.is_sent_again else "delivery_again")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    status: str,
    event: str,
    before: int | None,
    *,
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    principal.require(Action.MANAGE_GITHUB, principal.team_id)
    missing: list[DeliveryMissing] = []
    away: Told | None = None
    newest = urlencode({name: value for name, value in (("status", status), ("event", event)) if value})
    if status == MISSING:
        try:
            missing = await services.deliveries.missing(principal)
        except ThakurError as error:
            away = refused(error)
    context = {
        "shell": await shell_of(request, services, principal, PLACE),
        "told": refused(refusal) if refusal else told(request),
        "status": status,
        "event": event,
        "before": before,
        "statuses": (*DeliveryStatus, MISSING),
        "newest": newest,
        "query": "&".join(filter(None, (newest, f"before={before}" if before else ""))),
        "missing": missing,
        "away": away,
        **await _kept(services, principal, status, event, before),
    }
    status_code = refusal.status if refusal else 200
    fragments = {"listed": "deliveries/_listed.html"}
    return page(request, "deliveries/index.html", context, fragments=fragments, status_code=status_code)


async def _kept(
    services: ApiServices, principal: Principal, status: str, event: str, before: int | None
) -> dict[str, object]:
    known = DeliveryStatus(status) if status in list(DeliveryStatus) else None
    found = await services.deliveries.list(principal, status=known, event=event, before=before, limit=PAGE + 1)
    return {"deliveries": found[:PAGE], "older": found[PAGE - 1].id if len(found) > PAGE else None}


HANDLERS = [deliveries_page, deliveries_live, redeliver]
