"""The pages of a new project from a git URL: the plan that was detected, and the project, made and deployed by it."""

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.response import Redirect

from thakur.accounts import Action, Principal
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD, SUBJECT
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.pasted import Pasted
from thakur.api.pages.parts.plan_form import PlanForm, blank, needs_a_look, paste_of, plan_form_of, plan_shown, why
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import Told, back_with, refused
from thakur.builds import GitSource
from thakur.errors import ThakurError
from thakur.projects import Overrides, Project, Scope, SettingRefused, suggested_name

HERE = "/projects/new"


@post(f"{HERE}/plan", status_code=200, opt={IS_TOLD: True})
async def plan(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """Fetch the repository and show what would be made of it."""
    form = await plan_form_of(request)
    try:
        _, pasted = paste_of(services, principal, form)
    except ThakurError as error:
        return await _planned(request, services, principal, form, None, refused(error), error.status)
    return await _planned(request, services, principal, form, pasted)


@post(f"{HERE}/env", status_code=200, opt={IS_TOLD: True})
async def look_over_paste(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """What a pasted `.env` would set in a new project."""
    principal.require(Action.CREATE_PROJECT, principal.team_id)
    form, pasted, told, status = await plan_form_of(request), None, None, 200
    try:
        _, pasted = paste_of(services, principal, form)
    except ThakurError as error:
        told, status = refused(error), error.status
    context = {"form": form, "pasted": pasted, "told": told}
    return page(request, "env/_preview.html", context, status_code=status)


@post(f"{HERE}/git", status_code=303)
async def create_from_git(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Make the project with its repository, settings and env vars, and build it."""
    form, pasted = await plan_form_of(request), None
    try:
        for action in (Action.CREATE_PROJECT, Action.CONFIGURE):
            principal.require(action, principal.team_id)
        # What is refused leaves no project behind.
        services.repositories.check(form.url, form.ref, form.token or None)
        _ = form.settings
        dotenv, pasted = paste_of(services, principal, form)
        if first := needs_a_look(form, dotenv):
            return await _planned(request, services, principal, form, pasted, first, 422)
        project = await services.projects.create(principal, form.name)
    except ThakurError as error:
        return await _planned(request, services, principal, form, pasted, refused(error), error.status)
    request.scope["state"][SUBJECT] = project.name
    return await _deployed(services, principal, project, form, dotenv)


async def prepare(
    services: ApiServices, principal: Principal, project: Project, form: PlanForm, dotenv: str
) -> Redirect | None:
    """Set what was changed of the plan, and the env vars; where to go when these are refused."""
    if form.said:
        await services.projects.change_settings(principal, project.id, form.said)
    if dotenv:
        try:
            await services.env_vars.import_dotenv(principal, project.id, Scope.PRODUCTION, dotenv)
        except ThakurError:
            return back_with(f"/projects/{project.name}/env", "env_refused")
    return None


async def _deployed(
    services: ApiServices, principal: Principal, project: Project, form: PlanForm, dotenv: str
) -> Redirect:
    await services.repositories.set(principal, project.id, form.url, form.ref, form.token or None)
    if elsewhere := await prepare(services, principal, project, form, dotenv):
        return elsewhere
    build = await services.builds.request_git(principal, project.id, GitSource())
    return Redirect(f"/projects/{project.name}/deployments/{build.number}", status_code=303)


async def _planned(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    form: PlanForm,
    pasted: Pasted | None,
    told: Told | None = None,
    status_code: int = 200,
) -> Response[bytes]:
    settings = Overrides()
    try:
        settings = form.settings
    except SettingRefused as error:
        told, status_code = told or refused(error), error.status
    try:
        found = await services.plans.look(principal, GitSource(url=form.url, ref=form.ref), form.token, settings)
    except ThakurError as error:
        status_code = status_code if told else error.status
        return await _refused(request, services, principal, form, told or why(error), status_code)
    form = msgspec.structs.replace(form, name=form.name or suggested_name(found.source.folder))
    context = {
        "shell": await shell_of(request, services, principal, "/projects"),
        "told": told,
        "plan": plan_shown(found, form, pasted),
    }
    return page(request, "project_from_git/index.html", context, status_code=status_code)


async def _refused(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    form: PlanForm,
    told: Told,
    status_code: int,
) -> Response[bytes]:
    context = blank("git") | {
        "shell": await shell_of(request, services, principal, "/projects"),
        "told": told,
        "name": form.name,
        "url": form.url,
        "ref": form.ref,
        "is_refused": True,
    }
    return page(request, "project_new/index.html", context, status_code=status_code)


HANDLERS = [plan, look_over_paste, create_from_git]
