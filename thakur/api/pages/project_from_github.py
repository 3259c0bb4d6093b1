"""A new project from a repository on GitHub: its plan, and the project, which follows the branch from then on."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.response import Redirect

from thakur.accounts import Action, Principal
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD, SUBJECT
from thakur.api.interface import ApiServices
from thakur.api.looks import looked_at
from thakur.api.pages.parts.pasted import Pasted
from thakur.api.pages.parts.plan_form import PlanForm, blank, needs_a_look, paste_of, plan_form_of, plan_shown, why
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import Told, refused
from thakur.api.pages.project_from_git import prepare
from thakur.errors import ThakurError
from thakur.installations import Found
from thakur.projects import Overrides, Project, SettingRefused, suggested_name

HERE = "/projects/new/github"
# The branch is looked at in the background; until then there is no number to show.
FIRST_BUILD_SECONDS = 6.0
LOOK_SECONDS = 0.1

Plan = dict[str, object]


@post(f"{HERE}/plan", status_code=200, opt={IS_TOLD: True})
async def plan_again(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """What would be made of the repository at that branch, with those settings."""
    principal.require(Action.CREATE_PROJECT, principal.team_id)
    form = await plan_form_of(request)
    try:
        _, pasted = paste_of(services, principal, form)
    except ThakurError as error:
        return await _shown(request, services, principal, form, None, refused(error), error.status)
    return await _shown(request, services, principal, form, pasted)


@post(HERE, status_code=303)
async def create_from_github(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Make the project with settings and env vars, have it follow the branch, and show its first build."""
    form, pasted = await plan_form_of(request), None
    try:
        for action in (Action.CREATE_PROJECT, Action.CONFIGURE):
            principal.require(action, principal.team_id)
        # What is refused leaves no project behind.
        found = await services.browser.choose(principal, form.repo)
        services.repositories.check(found.url, form.ref, "")
        _ = form.settings
        dotenv, pasted = paste_of(services, principal, form)
        if first := needs_a_look(form, dotenv):
            return await _shown(request, services, principal, form, pasted, first, 422)
        project = await services.projects.create(principal, form.name)
    except ThakurError as error:
        return await _shown(request, services, principal, form, pasted, refused(error), error.status)
    request.scope["state"][SUBJECT] = project.name
    branch = form.ref or found.default_branch
    await services.repositories.set(principal, project.id, found.url, branch, "")
    elsewhere = await prepare(services, principal, project, form, dotenv)
    await services.connections.connect(principal, project.id, found, follows_default=not form.ref)
    return elsewhere or Redirect(await _first_build(services, principal, project), status_code=303)


async def planned(services: ApiServices, principal: Principal, form: PlanForm, pasted: Pasted | None) -> Plan:
    """What the plan's part of the page needs; why there is no plan, where there is none."""
    found, seen, folders = None, None, list[str]()
    told, settings = None, Overrides()
    try:
        settings = form.settings
    except SettingRefused as error:
        told = refused(error)
    try:
        found = await services.browser.choose(principal, form.repo)
        form = _completed(form, found)
        folders = await services.browser.folders(found, form.ref)
        seen = await looked_at(services, principal, found, form.ref, settings)
    except ThakurError as error:
        told = told or why(error)
    return plan_shown(seen, form, pasted) | {"plan_told": told, "folders": folders, "is_open": found is not None}


def _completed(form: PlanForm, found: Found) -> PlanForm:
    return msgspec.structs.replace(
        form,
        repo=found.full_name,
        ref=form.ref or found.default_branch,
        name=form.name or suggested_name(found.full_name.partition("/")[2]),
    )


async def _first_build(services: ApiServices, principal: Principal, project: Project) -> str:
    at = f"/projects/{project.name}"
    end = asyncio.get_running_loop().time() + FIRST_BUILD_SECONDS
    while asyncio.get_running_loop().time() < end:
        for build in await services.builds.list(principal, project.id, limit=1):
            return f"{at}/deployments/{build.number}"
        await asyncio.sleep(LOOK_SECONDS)
    return f"{at}?done=project_followed"


async def _shown(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    form: PlanForm,
    pasted: Pasted | None,
    told: Told | None = None,
    status_code: int = 200,
) -> Response[bytes]:
    plan = await planned(services, principal, form, pasted)
    if told is not None:
        plan["plan_told"] = told
    elif plan["planned"] is None:
        status_code = 422
    context = blank("github") | {
        "shell": await shell_of(request, services, principal, "/projects"),
        "repo": form.repo,
        "plan": plan,
    }
    fragments = {"plan": "project_new/_plan.html"}
    return page(request, "project_new/index.html", context, fragments=fragments, status_code=status_code)


HANDLERS = [plan_again, create_from_github]
