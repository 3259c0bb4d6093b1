"""Edges: the hosts that run applications, and how they fare."""

from litestar import get

from thakur.api.asked import Asker, Services
from thakur.runtime import EdgeSeen


@get("/api/v1/edges")
async def list_edges(services: Services, principal: Asker) -> list[EdgeSeen]:
    """Every host by name, with what it has, uses and can enforce; one without facts is away."""
    return await services.edges.list(principal)


HANDLERS = [list_edges]
