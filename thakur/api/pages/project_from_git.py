"""The pages of a new project from a repository: the plan that was detected, and the project, made and deployed by it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.response import Redirect

from thakur.accounts import Action, Principal
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD, SUBJECT
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import back_with, refused
from thakur.api.pages.settings import Field
from thakur.builds import BuildFailed, GitSource, Plan, Planned, describe
from thakur.errors import ThakurError
from thakur.projects import Project, Scope, overrides_of, suggested_name

HERE = "/projects/new"
FIELDS = (
    Field(key="root", label="Root directory"),
    Field(key="install", label="Install command"),
    Field(key="build", label="Build command"),
    Field(key="start", label="Start command"),
    Field(key="output", label="Output directory"),
    Field(key="health_path", label="Health check path"),
)


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in so far; a token is never shown again."""

    url: str
    ref: str
    token: str
    name: str
    dotenv: str
    values: dict[str, str]

    @property
    def said(self) -> dict[str, str]:
        return {key: text for key, text in self.values.items() if text}


@post(f"{HERE}/plan", status_code=200, opt={IS_TOLD: True})
async def plan(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """Fetch the repository and show what would be made of it."""
    form = await _form(request)
    try:
        return await _planned(request, services, principal, form)
    except ThakurError as error:
        return await _refused(request, services, principal, form, error)


@post(f"{HERE}/git", status_code=303)
async def create_from_git(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Make the project with its repository, settings and env vars, and build it."""
    form = await _form(request)
    try:
        for action in (Action.CREATE_PROJECT, Action.CONFIGURE):
            principal.require(action, principal.team_id)
        # What is refused leaves no project behind.
        services.repositories.check(form.url, form.ref, form.token or None)
        overrides_of(form.said)
        project = await services.projects.create(principal, form.name)
    except ThakurError as error:
        return await _planned(request, services, principal, form, error)
    request.scope["state"][SUBJECT] = project.name
    return await _deployed(services, principal, project, form)


async def _deployed(services: ApiServices, principal: Principal, project: Project, form: Form) -> Redirect:
    await services.repositories.set(principal, project.id, form.url, form.ref, form.token or None)
    if form.said:
        await services.projects.change_settings(principal, project.id, form.said)
    if form.dotenv.strip():
        try:
            await services.env_vars.import_dotenv(principal, project.id, Scope.PRODUCTION, form.dotenv)
        except ThakurError:
            return back_with(f"/projects/{project.name}/env", "env_refused")
    build = await services.builds.request_git(principal, project.id, GitSource())
    return Redirect(f"/projects/{project.name}/deployments/{build.number}", status_code=303)


async def _planned(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    form: Form,
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    asked = GitSource(url=form.url, ref=form.ref)
    try:
        found = await services.plans.look(principal, asked, form.token, overrides_of({} if refusal else form.said))
    except ThakurError as error:
        return await _refused(request, services, principal, form, refusal or error)
    context = {
        "shell": await shell_of(request, services, principal, "/projects"),
        "told": refused(refusal) if refusal else None,
        "planned": found,
        "lines": describe(found.plan),
        "fields": FIELDS,
        "found": _found(found),
        "values": form.values,
        "name": form.name or suggested_name(found.source.folder),
        "dotenv": form.dotenv,
        "has_token": bool(form.token),
    }
    return page(request, "project_from_git/index.html", context, status_code=refusal.status if refusal else 200)


async def _refused(
    request: Request[Any, Any, Any], services: ApiServices, principal: Principal, form: Form, error: ThakurError
) -> Response[bytes]:
    told = refused(error)
    if isinstance(error, BuildFailed):
        told = msgspec.structs.replace(told, text=f"{error.failure.why} {error.failure.next}".strip())
    context = {
        "shell": await shell_of(request, services, principal, "/projects"),
        "told": told,
        "name": form.name,
        "refusal": None,
        "url": form.url,
        "ref": form.ref,
        "git_refusal": error,
    }
    return page(request, "project_new/index.html", context, status_code=error.status)


def _found(planned: Planned) -> Mapping[str, str]:
    found: Plan = planned.plan
    return {
        "root": found.root,
        "install": " ".join(found.install or ()),
        "build": " ".join(found.build or ()),
        "start": " ".join(found.start or ()),
        "output": found.output,
        "health_path": found.health_path,
    }


async def _form(request: Request[Any, Any, Any]) -> Form:
    sent = await request.form()

    def text(key: str) -> str:
        return str(sent.get(key, "")).strip()

    return Form(
        url=text("url"),
        ref=text("ref"),
        token=text("token"),
        name=text("name"),
        dotenv=str(sent.get("dotenv", "")),
        values={field.key: text(field.key) for field in FIELDS},
    )


HANDLERS = [plan, create_from_git]
