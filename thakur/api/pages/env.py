"""The page of a project's env vars: names and whom they are given to; values go in and are never shown."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from thakur.accounts import Principal
from thakur.api.asked import Asked, Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.pasted import FIRST, Pasted, is_same_paste
from thakur.api.pages.parts.project_shell import project_context
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.told import Told, back_with, refused
from thakur.errors import Invalid, ThakurError
from thakur.projects import EnvVar, LeftOut, Phase, Project, Scope
from thakur.runtime import Deployment

ROOT = "/projects/{name:str}/env"
TAB = "/env"
GIVEN_TO = {Phase.BOTH: "build and run", Phase.BUILD: "build", Phase.START: "run"}

# `scope` itself is litestar's word.
Within = Annotated[Scope, QueryParameter(name="scope")]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent to be saved: a name and a value, a paste, or the kept form of one that was looked over."""

    name: str = ""
    value: str = ""
    dotenv: str = ""
    pasted: str = ""
    phase: Phase | None = None


@get(ROOT)
async def env_page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    within: Within = Scope.PRODUCTION,
) -> Response[bytes]:
    """The names of one scope, and the form that adds to them."""
    return await _page(request, services, principal, project, within)


@post(ROOT, status_code=303)
async def save_env(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    within: Within = Scope.PRODUCTION,
) -> Response[Any]:
    """Save one name with its value, or a paste that was looked over; one that was not is shown first."""
    form = await _form(request)
    try:
        kept = services.pastes.text_of(principal, form.pasted) if form.pasted else ""
        if form.dotenv.strip() and not is_same_paste(form.dotenv, kept):
            pasted = await _looked_over(services, principal, project, within, form)
            return await _page(
                request, services, principal, project, within, pasted=pasted, told=FIRST, status_code=422
            )
        if kept:
            imported = await services.env_vars.import_dotenv(principal, project.id, within, kept, form.phase)
            if imported.left_out:
                return await _page(request, services, principal, project, within, told=_partly(imported.left_out))
        elif form.name:
            await services.env_vars.set(principal, project.id, within, {form.name: form.value}, form.phase)
        else:
            raise Invalid("There is nothing to save", hint="Write a name and a value, or paste a .env file.")
    except ThakurError as error:
        return await _page(
            request, services, principal, project, within, told=refused(error), form=form, status_code=error.status
        )
    return _back(project, within, "env_saved")


@post(f"{ROOT}/preview", status_code=200, opt={IS_TOLD: True})
async def preview_env(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    within: Within = Scope.PRODUCTION,
) -> Response[Any]:
    """What saving the paste would change; nothing is saved."""
    form = await _form(request)
    try:
        pasted = await _looked_over(services, principal, project, within, form)
    except ThakurError as error:
        return await _page(
            request, services, principal, project, within, told=refused(error), form=form, status_code=error.status
        )
    return await _page(request, services, principal, project, within, pasted=pasted, form=form)


@post(f"{ROOT}/unsetting", status_code=303)
async def unset_env(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    within: Within = Scope.PRODUCTION,
) -> Redirect:
    """Forget one name."""
    await services.env_vars.unset(principal, project.id, within, [str((await request.form()).get("name", ""))])
    return _back(project, within, "env_unset")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    project: Project,
    scope: Scope,
    *,
    told: Told | None = None,
    form: Form | None = None,
    pasted: Pasted | None = None,
    status_code: int = 200,
) -> Response[bytes]:
    context = await project_context(request, services, principal, project, TAB)
    found = [env_var for env_var in await services.env_vars.list(principal, project.id) if env_var.scope is scope]
    live = (await services.runtime.active(principal, [project.id])).get(project.id)
    context |= {
        "env_vars": found,
        "scope": scope,
        "scopes": list(Scope),
        "given_to": GIVEN_TO,
        "not_live": _not_live(found, live) if scope is Scope.PRODUCTION else [],
        "live": live,
        "form": form or Form(),
        "pasted": pasted,
    }
    if told is not None:
        context["told"] = told
    return page(request, "env/index.html", context, fragments={"preview": "env/_preview.html"}, status_code=status_code)


async def _looked_over(
    services: ApiServices, principal: Principal, project: Project, scope: Scope, form: Form
) -> Pasted | None:
    if not form.dotenv.strip():
        return None
    found = await services.env_vars.look_over(principal, project.id, scope, form.dotenv, form.phase)
    return Pasted(env_vars=found, kept=services.pastes.keep(principal, form.dotenv))


def _not_live(env_vars: Sequence[EnvVar], live: Deployment | None) -> list[str]:
    # Its snapshot was taken when it was made.
    return [] if live is None else [one.name for one in env_vars if one.updated_at > live.created_at]


async def _form(request: Request[Any, Any, Any]) -> Form:
    sent = await request.form()
    return Form(
        name=str(sent.get("name", "")).strip(),
        value=str(sent.get("value", "")),
        dotenv=str(sent.get("dotenv", "")),
        pasted=str(sent.get("pasted", "")),
        phase=_phase(sent.getall("given_to", [])),
    )


def _phase(given_to: Sequence[Any]) -> Phase | None:
    chosen = {str(value) for value in given_to} & {Phase.BUILD.value, Phase.START.value}
    return Phase(chosen.pop()) if len(chosen) == 1 else Phase.BOTH if chosen else None


def _partly(left_out: Sequence[LeftOut]) -> Told:
    reasons = " ".join(f"{one.name}: {one.reason}" for one in left_out)
    return Told("warn", "Saved, but not all of it.", f"Left out: {reasons}")


def _back(project: Project, scope: Scope, act: str) -> Redirect:
    extra = "" if scope is Scope.PRODUCTION else f"scope={scope}"
    return back_with(f"/projects/{project.name}/env", act, extra)


HANDLERS = [env_page, save_env, preview_env, unset_env]
