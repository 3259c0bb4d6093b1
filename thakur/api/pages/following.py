"""What the forms of a project's pages do with the repository that it follows: build what is held back, hold back by others."""

from typing import Any

from litestar import Request, Response, post
from litestar.response import Redirect

from thakur.accounts import Action
from thakur.api.asked import Asked, Asker, Services
from thakur.api.pages.parts.told import back_with
from thakur.api.pages.settings import ROOT as SETTINGS
from thakur.api.pages.settings import shown_again
from thakur.errors import ThakurError
from thakur.projects import PRODUCTION

ROOT = "/projects/{name:str}/github"


@post(f"{ROOT}/deployments", status_code=303)
async def deploy_held(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Redirect:
    """Build the commit that is held back, in spite of what holds it."""
    await services.projects.authorize(principal, project.id, Action.DEPLOY)
    environment = str((await request.form()).get("environment", PRODUCTION))
    await services.tracks.build_held(project.id, environment, principal.actor)
    return back_with(f"/projects/{project.name}/deployments", "held_deployed")


@post(f"{SETTINGS}/github", status_code=303)
async def save_filters(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[Any]:
    """Save what holds pushes back: an empty list of paths goes by the root directory."""
    form = await request.form()
    lines = [line.strip() for line in str(form.get("paths", "")).splitlines()]
    tags = str(form.get("tags", "")).strip()
    paths = [line for line in lines if line]
    changes = {"wait_for_checks": "wait_for_checks" in form, "paths": paths, "tags": tags or None}
    try:
        await services.connections.change_filters(principal, project.id, changes)
    except ThakurError as error:
        typed = {"paths": str(form.get("paths", "")), "tags": tags}
        return await shown_again(request, services, principal, project, error, typed)
    return back_with(f"/projects/{project.name}/settings", "filters_saved")


HANDLERS = [deploy_held, save_filters]
