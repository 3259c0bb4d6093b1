"""Commands that ask to be let in; nobody is known to be asking yet, so the door is open here."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, post
from litestar.params import JSONBody

from thakur.api.asked import Services
from thakur.api.interface import login_unsafe
from thakur.api.marks import ALSO_ANSWERS
from thakur.api.visits import arrival_in

ROOT = "/api/v1/devices"
# How often a command should ask whether it was let in.
INTERVAL_SECONDS = 2

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class DeviceNamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the command's host is called."""

    name: Short


class DeviceWaits(msgspec.Struct, frozen=True, kw_only=True):
    """The command keeps the `device` to itself; a person compares the `code` at the `url`."""

    device: str
    code: str
    url: str
    interval_seconds: int
    expires_at: datetime


class DeviceGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The command's own secret."""

    device: Short


class DeviceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The token as soon as somebody has confirmed."""

    status: Literal["waiting", "allowed"]
    token: str | None = None
    name: str | None = None
    team: str | None = None


@post(ROOT)
async def ask_in(request: Request[Any, Any, Any], data: JSONBody[DeviceNamed], services: Services) -> DeviceWaits:
    """Begin to wait for ten minutes."""
    arrival = arrival_in(request.scope)
    if not arrival.may_sign_in:
        raise login_unsafe()
    asked = await services.devices.ask(data.name, arrival.address)
    return DeviceWaits(
        device=asked.secret,
        code=asked.code,
        url=services.dashboard_url(f"/device?code={asked.code}"),
        interval_seconds=INTERVAL_SECONDS,
        expires_at=asked.expires_at,
    )


@post(f"{ROOT}/collection", status_code=200, opt={ALSO_ANSWERS: (202,)})
async def collect(
    request: Request[Any, Any, Any], data: JSONBody[DeviceGiven], services: Services
) -> Response[DeviceAnswer]:
    """The token, once; 202 while nobody has decided."""
    secret = data.device
    made = await services.devices.collect(secret, arrival_in(request.scope).address)
    if made is None:
        return Response(DeviceAnswer(status="waiting"), status_code=202)
    return Response(
        DeviceAnswer(status="allowed", token=made.secret, name=made.token.name, team=made.token.team),
        status_code=200,
    )


HANDLERS = [ask_in, collect]
