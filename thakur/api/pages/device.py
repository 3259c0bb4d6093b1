"""Letting a command in: the code that its terminal shows, who asks, and a yes or no."""

from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.params import QueryParameter

from thakur.accounts import Device
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import theme_of
from thakur.errors import Invalid, ThakurError

Code = Annotated[str, QueryParameter(max_length=20)]
Outcome = Literal["", "allowed", "refused"]


@get("/device")
async def device_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, code: Code = ""
) -> Response[bytes]:
    """Ask for the code, or say which command waits with it."""
    if not code:
        return _page(request, principal.actor)
    try:
        return _page(request, principal.actor, await services.devices.look(principal, code))
    except ThakurError as error:
        return _page(request, principal.actor, refusal=error)


@post("/device", status_code=200, opt={IS_TOLD: True})
async def decide(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """Let the command in as the asker, or keep it out."""
    form = await request.form()
    code, answer = str(form.get("code", "")), str(form.get("answer", ""))
    try:
        if answer not in ("allow", "refuse"):
            raise Invalid("The answer is neither allow nor refuse", field="answer")
        if answer == "allow":
            return _page(request, principal.actor, await services.devices.allow(principal, code), "allowed")
        return _page(request, principal.actor, await services.devices.refuse(principal, code), "refused")
    except ThakurError as error:
        return _page(request, principal.actor, refusal=error)


def _page(
    request: Request[Any, Any, Any],
    actor: str,
    device: Device | None = None,
    outcome: Outcome = "",
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    context = {
        "theme": theme_of(request),
        "actor": actor,
        "device": device,
        "outcome": outcome,
        "refusal": refusal,
    }
    return page(request, "device/index.html", context, status_code=refusal.status if refusal else 200)


HANDLERS = [device_page, decide]
