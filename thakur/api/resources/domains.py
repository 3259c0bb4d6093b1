"""Domains of a project: the names under which it answers."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec
from litestar import get

from thakur.api.asked import Asked, Asker, Services
from thakur.projects import PRODUCTION


class DomainShown(msgspec.Struct, frozen=True, kw_only=True):
    """A name: an `automatic` one comes with the project. `deployment` is the number of what it leads to, if it does."""

    host: str
    url: str
    kind: Literal["automatic"] = "automatic"
    environment: str
    deployment: int | None


@get("/api/v1/projects/{name:str}/domains")
async def list_domains(services: Services, principal: Asker, project: Asked) -> list[DomainShown]:
    """Every name of the project."""
    live = (await services.runtime.active(principal, [project.id])).get(project.id)
    url = services.project_url(project.name)
    return [
        DomainShown(
            host=urlsplit(url).hostname or "",
            url=url,
            environment=PRODUCTION,
            deployment=live.number if live else None,
        )
    ]


HANDLERS = [list_domains]
