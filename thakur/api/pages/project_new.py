"""The page of a new project: its name, and where its files come from."""

from typing import Any

from litestar import Request, Response, get, post

from thakur.accounts import Principal
from thakur.api.asked import Asker, Services
from thakur.api.audited import SUBJECT
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import back_with, refused
from thakur.errors import ThakurError

HERE = "/projects/new"


@get(HERE)
async def new_page(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """The form."""
    return await _page(request, services, principal)


@post(HERE, status_code=303)
async def create(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Make it, and lead to what comes next."""
    name = str((await request.form()).get("name", "")).strip()
    try:
        project = await services.projects.create(principal, name)
    except ThakurError as error:
        return await _page(request, services, principal, name=name, refusal=error)
    request.scope["state"][SUBJECT] = project.name
    return back_with(f"/projects/{project.name}", "project_made")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    *,
    name: str = "",
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    context = {
        "shell": await shell_of(request, services, principal, "/projects"),
        "name": name,
        "refusal": refusal,
        "told": refused(refusal) if refusal else None,
        "url": "",
        "ref": "",
    }
    return page(request, "project_new/index.html", context, status_code=refusal.status if refusal else 200)


HANDLERS = [new_page, create]
