"""A project's caches over HTTP: they can be removed."""

import msgspec
from litestar import delete

from thakur.api.asked import Asked, Asker, Services


class CachesCleared(msgspec.Struct, frozen=True):
    """What the removal freed."""

    name: str
    freed_bytes: int


@delete("/api/v1/projects/{name:str}/cache", status_code=200)
async def clear_cache(services: Services, principal: Asker, project: Asked) -> CachesCleared:
    """Remove what earlier builds left for the next ones; a build that runs keeps nothing either."""
    return CachesCleared(project.name, await services.caches.clear(principal, project.id))


HANDLERS = [clear_cache]
