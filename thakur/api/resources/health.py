"""Whether this process answers, and whether it can work."""

from typing import Any, Literal

import msgspec
from litestar import Response, get

from thakur.api.asked import Services
from thakur.api.errors import problem
from thakur.errors import Unavailable


class Up(msgspec.Struct, frozen=True):
    """It does."""

    status: Literal["up"] = "up"


class Ready(msgspec.Struct, frozen=True):
    """It can."""

    status: Literal["ready"] = "ready"


@get("/up")
async def up() -> Up:
    """The process answers."""
    return Up()


@get("/ready")
async def ready(services: Services) -> Response[Ready]:
    """Database, queue and proxy are usable; else 503 names what is missing."""
    missing = await services.ready()
    if missing:
        refusal: Response[Any] = problem(Unavailable(f"Not ready: {', '.join(missing)}"), missing=missing)
        return refusal
    return Response(Ready())


HANDLERS = [up, ready]
