"""The page of a project's previews: what waits for somebody, what is there, and the rules."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from thakur.accounts import Principal
from thakur.api.asked import Asked, Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.live import Live
from thakur.api.pages.parts.project_shell import project_context, rights
from thakur.api.pages.parts.recent import with_recent
from thakur.api.pages.parts.rendering import page, reader, rendered
from thakur.api.pages.parts.told import Told, back_with, refused
from thakur.errors import ThakurError
from thakur.installations import NotFollowing
from thakur.projects import Project
from thakur.webhooks import PreviewsShown, PreviewStatus

ROOT = "/projects/{name:str}/previews"
TAB = "/previews"

_S = PreviewStatus
# With which shape each is shown, and by which word where its own is not a person's.
GLYPHS = {
    _S.WAITING: ("pending", "waits for approval"),
    _S.HELD: ("skipped", "not built"),
    _S.BUILDING: ("running", "building"),
    _S.DEPLOYING: ("starting", "deploying"),
    _S.LIVE: ("active", "live"),
    _S.FAILED: ("failed", "failed"),
    _S.ENDED: ("canceled", "canceled"),
    _S.NEW: ("waiting", "about to be built"),
}


@get(ROOT)
async def previews_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[bytes]:
    """What waits for somebody first, then every preview, then the rules."""
    return await _page(request, services, principal, project)


@get(f"{ROOT}/events")
async def previews_live(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked, live_pages: Live
) -> Stream:
    """The lists again whenever they change."""
    base = reader(request) | {"may": rights(principal, project), "at": f"/projects/{project.name}"}

    async def parts() -> Mapping[str, str]:
        context = base | await _shown(services, principal, project)
        return {
            "waiting": rendered("previews/_waiting.html", context),
            "previews": rendered("previews/_rows.html", context),
        }

    return live_pages.answer(with_recent(services, principal, parts))


@post(f"{ROOT}/{{label:str}}/approval", status_code=303)
async def approve(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked, label: FromPath[str]
) -> Response[Any]:
    """Have the commit that was looked at built."""
    form = await request.form()
    try:
        commit = str(form.get("commit", ""))
        await services.previews.approve(principal, project.id, label, commit, every="every" in form)
    except ThakurError as error:
        return await _page(request, services, principal, project, told=refused(error), status_code=error.status)
    return _back(project, "preview_approved")


@post(f"{ROOT}/{{label:str}}/removal", status_code=303)
async def remove(services: Services, principal: Asker, project: Asked, label: FromPath[str]) -> Redirect:
    """Refuse what waits, and take down what runs."""
    await services.previews.remove(principal, project.id, label)
    return _back(project, "preview_removed")


@post(ROOT, status_code=303)
async def begin(request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked) -> Response[Any]:
    """Preview a branch by its name."""
    try:
        await services.previews.begin(principal, project.id, str((await request.form()).get("branch", "")).strip())
    except ThakurError as error:
        return await _page(request, services, principal, project, told=refused(error), status_code=error.status)
    return _back(project, "preview_begun")


@post(f"{ROOT}/rules", status_code=303)
async def save_rules(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[Any]:
    """Save which branches may have previews."""
    form = await request.form()
    limit = str(form.get("limit", "")).strip()
    changes = {
        "is_on": "is_on" in form,
        "branches": str(form.get("branches", "")).split() or None,
        "limit": int(limit) if limit.isdecimal() and len(limit) < 10 else limit or None,
    }
    try:
        await services.previews.change_rules(principal, project.id, changes)
    except ThakurError as error:
        return await _page(request, services, principal, project, told=refused(error), status_code=error.status)
    return _back(project, "rules_saved")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    project: Project,
    *,
    told: Told | None = None,
    status_code: int = 200,
) -> Response[bytes]:
    context = await project_context(request, services, principal, project, TAB)
    context |= await _shown(services, principal, project)
    if told is not None:
        context["told"] = told
    return page(request, "previews/index.html", context, status_code=status_code)


async def _shown(services: ApiServices, principal: Principal, project: Project) -> dict[str, object]:
    try:
        found: PreviewsShown | None = await services.previews.show(principal, project.id)
    except NotFollowing:
        found = None
    previews = found.previews if found else ()
    connection = (await services.connections.of([project.id])).get(project.id)
    return {
        "found": found,
        "waiting": [each for each in previews if each.waits_for],
        "previews": previews,
        "pulls": f"{connection.url}/pull/" if connection else "",
        "glyphs": GLYPHS,
    }


def _back(project: Project, act: str) -> Redirect:
    return back_with(f"/projects/{project.name}/previews", act)


HANDLERS = [previews_page, previews_live, begin, approve, remove, save_rules]
