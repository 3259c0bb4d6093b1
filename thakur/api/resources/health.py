"""Whether this process answers, and whether it can work."""

from typing import Any

from litestar import Response, get

from thakur.api.asked import Services
from thakur.api.errors import problem
from thakur.errors import Unavailable


@get("/up")
async def up() -> dict[str, str]:
    """The process answers."""
    return {"status": "up"}


@get("/ready")
async def ready(services: Services) -> Response[dict[str, Any]]:
    """Database, queue and proxy are usable; else 503 names what is missing."""
    missing = await services.ready()
    if missing:
        return problem(Unavailable(f"Not ready: {', '.join(missing)}"), missing=missing)
    return Response({"status": "ready"})


HANDLERS = [up, ready]
