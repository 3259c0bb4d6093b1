"""The page of a project's settings: what it says beyond detection, its caches, and its end."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from thakur.accounts import Action, Principal
from thakur.api.asked import Asked, Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.following import following_of
from thakur.api.pages.parts.project_shell import project_context
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.told import Told, back_with, refused
from thakur.api.pages.parts.words import size
from thakur.errors import Invalid, ThakurError
from thakur.projects import Project

ROOT = "/projects/{name:str}/settings"
TAB = "/settings"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as a form asks for it: an empty field says nothing, and detection or the default holds."""

    key: str
    label: str
    hint: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()


BUILD = (
    Field(key="root", label="Root directory", hint="For a monorepo, the folder of this application."),
    Field(key="output", label="Output directory", hint="What the build writes and visitors get."),
    Field(key="install", label="Install command"),
    Field(key="build", label="Build command"),
    Field(
        key="trust_scripts", label="Install scripts of packages", choices=("true", "false"), hint="Whether they run."
    ),
    Field(key="build_minutes", label="Time limit of a build", unit="minutes"),
    Field(key="build_memory_mb", label="Memory of a build", unit="MB"),
)
RUN = (
    Field(key="start", label="Start command"),
    Field(key="health_path", label="Health check path", hint="Below 500 is healthy, twice in a row, within 60 s."),
    Field(key="runtime", label="Runtime", choices=("bun", "node")),
    Field(key="spa_fallback", label="Every path is the same page", choices=("true", "false"), hint="For files only."),
    Field(key="memory_mb", label="Memory of a replica", unit="MB"),
    Field(key="cpus", label="Processors of a replica"),
    Field(key="processes", label="Processes of a replica"),
)
_WORDS = {"true": True, "false": False}


@get(ROOT)
async def settings_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[bytes]:
    """What is set, and what an empty field means."""
    return await _page(request, services, principal, project)


@post(ROOT, status_code=303)
async def save_settings(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[Any]:
    """Save one group of fields, all of it or nothing."""
    form = await request.form()
    typed = {field.key: str(form[field.key]).strip() for field in BUILD + RUN if field.key in form}
    try:
        await services.projects.change_settings(
            principal, project.id, {key: _value(text) for key, text in typed.items()}
        )
    except ThakurError as error:
        return await _page(request, services, principal, project, refusal=error, typed=typed)
    return back_with(f"/projects/{project.name}/settings", "settings_saved")


@post(f"{ROOT}/cache", status_code=303)
async def clear_caches(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[bytes]:
    """Remove what earlier builds left for the next ones."""
    freed_bytes = await services.caches.clear(principal, project.id)
    told = Told("ok", f"{size(freed_bytes)} freed.", "The next build starts from nothing.")
    return await _page(request, services, principal, project, told=told)


@post(f"{ROOT}/deletion", status_code=303)
async def delete_project(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[Any]:
    """Delete the project, if its name was typed."""
    principal.require(Action.DELETE_PROJECT, project.team_id)
    if str((await request.form()).get("retyped", "")) != project.name:
        error = Invalid("The name that was typed is another one", hint=f"Type {project.name} to delete it.")
        return await _page(request, services, principal, project, refusal=error)
    await services.projects.delete(principal, project.name)
    return back_with("/projects", "project_deleted")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    project: Project,
    *,
    refusal: ThakurError | None = None,
    typed: Mapping[str, str] | None = None,
    told: Told | None = None,
) -> Response[bytes]:
    context = await project_context(request, services, principal, project, TAB)
    saved = await services.projects.settings(project.id)
    live = context["head"].live  # type: ignore[attr-defined]
    place = (await services.environments.productions([project.id])).get(project.id, 0)
    build = (await services.builds.newest(principal, [place])).get(place)
    context |= {
        "groups": (("Build", BUILD, "Used from the next build."), ("Run", RUN, "Used from the next deployment.")),
        "values": {field.key: _text(getattr(saved, field.key)) for field in BUILD + RUN} | dict(typed or {}),
        "plan": build.plan if build else None,
        "refusal": refusal,
        "following": await following_of(services, project),
        "live": live,
        "cache_bytes": (await services.caches.size_bytes([project.id])).get(project.id, 0),
        "kept_bytes": (await services.builds.artifact_bytes([project.id])).get(project.id, 0),
    }
    if refusal is not None or told is not None:
        context["told"] = told or (refused(refusal) if refusal else None)
    return page(request, "settings/index.html", context, status_code=refusal.status if refusal else 200)


async def shown_again(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    project: Project,
    refusal: ThakurError,
    typed: Mapping[str, str],
) -> Response[bytes]:
    """The page once more, with what was typed and why it is refused."""
    return await _page(request, services, principal, project, refusal=refusal, typed=typed)


def _value(text: str) -> Any:
    if not text:
        return None
    if text in _WORDS:
        return _WORDS[text]
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


HANDLERS = [settings_page, save_settings, clear_caches, delete_project]
