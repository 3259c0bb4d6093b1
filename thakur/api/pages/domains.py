"""The page of the names under which a project answers."""

from typing import Any

from litestar import Request, Response, get

from thakur.api.asked import Asked, Asker, Services
from thakur.api.pages.parts.project_shell import project_context
from thakur.api.pages.parts.rendering import page

TAB = "/domains"


@get("/projects/{name:str}/domains")
async def domains_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[bytes]:
    """The automatic name, and what it takes to reach it from outside."""
    context = await project_context(request, services, principal, project, TAB)
    return page(request, "domains/index.html", context)


HANDLERS = [domains_page]
