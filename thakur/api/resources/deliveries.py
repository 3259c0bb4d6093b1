"""What GitHub has delivered to the Apps that the asker manages, what it could not deliver, and having it once more."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from thakur.api.asked import Asker, Before, Limit, Services
from thakur.api.paging import page_of
from thakur.webhooks import DeliveryKept, DeliveryMissing, DeliveryStatus, Redelivery

ROOT = "/api/v1/github/deliveries"
DEFAULT_LIMIT = 50

Status = Annotated[DeliveryStatus | None, QueryParameter()]
Event = Annotated[str, QueryParameter(name="event", max_length=64)]


@get(ROOT)
async def list_deliveries(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    status: Status = None,
    event: Event = "",
    before: Before = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response[list[DeliveryKept]]:
    """The events that have arrived, newest first, and what became of each."""
    found = await services.deliveries.list(principal, status=status, event=event, before=before, limit=limit + 1)
    return page_of(request, found, limit, lambda each: each.id)


@get(f"{ROOT}/missing")
async def list_missing_deliveries(services: Services, principal: Asker) -> list[DeliveryMissing]:
    """The events that GitHub could not deliver in the last days. It is asked now."""
    return await services.deliveries.missing(principal)


@post(f"{ROOT}/{{guid:str}}/redelivery", status_code=202)
async def redeliver(services: Services, principal: Asker, guid: FromPath[str]) -> Redelivery:
    """Act on an event again. One that never arrived GitHub is asked to send once more."""
    return await services.deliveries.redeliver(principal, guid)


HANDLERS = [list_deliveries, list_missing_deliveries, redeliver]
