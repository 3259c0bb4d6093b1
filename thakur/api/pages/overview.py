"""A project's overview: is it well, what changed last, what must be done."""

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from litestar.response import Stream

from thakur.accounts import Principal
from thakur.api.asked import Asked, Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.following import following_of
from thakur.api.pages.parts.history import Chapter, merged
from thakur.api.pages.parts.live import Live
from thakur.api.pages.parts.project_shell import head_of, project_context, rights
from thakur.api.pages.parts.recent import with_recent
from thakur.api.pages.parts.rendering import page, reader, rendered
from thakur.api.pages.previews import GLYPHS
from thakur.projects import PRODUCTION, Project
from thakur.runtime import DeploymentsSought, DeploymentStatus

ROOT = "/projects/{name:str}"
RECENT = 5
STANDBY = DeploymentsSought(status=DeploymentStatus.STANDBY)


@get(ROOT)
async def overview_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked
) -> Response[bytes]:
    """What serves now, and the newest few numbers."""
    context = await project_context(request, services, principal, project, "")
    context |= await _shown(services, principal, project)
    return page(request, "overview/index.html", context)


@get(f"{ROOT}/events")
async def overview_live(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked, live_pages: Live
) -> Stream:
    """Its parts whenever they change."""
    base = reader(request) | {"may": rights(principal, project), "at": f"/projects/{project.name}", "before": None}

    async def parts() -> Mapping[str, str]:
        shown = base | await _shown(services, principal, project)
        shown["head"] = await head_of(services, principal, project)
        return {
            "project-state": rendered("project/_state.html", shown),
            "production": rendered("overview/_production.html", shown),
            "recent": rendered("overview/_recent.html", shown),
            "previewed": rendered("overview/_previewed.html", shown),
        }

    return live_pages.answer(with_recent(services, principal, parts))


async def _shown(services: ApiServices, principal: Principal, project: Project) -> dict[str, object]:
    builds, deployments, live, standby, kept, repositories = await asyncio.gather(
        services.builds.list(principal, project.id, limit=RECENT),
        services.runtime.list(principal, project.id, limit=RECENT),
        services.runtime.active(principal, [project.id]),
        services.runtime.list(principal, project.id, limit=1, sought=STANDBY),
        services.builds.artifact_bytes([project.id]),
        services.repositories.of([project.id]),
    )
    places = await services.projects.places([build.environment_id for build in builds])
    chapters = merged(builds, deployments, places)[:RECENT]
    active, following = live.get(project.id), await following_of(services, project)
    return {
        "chapters": chapters,
        "production": await _chapter(services, principal, project, active.number) if active else None,
        "standby": standby[0] if standby else None,
        "attention": _attention(chapters),
        "kept_bytes": kept.get(project.id, 0),
        "repository": repositories.get(project.id),
        "following": following,
        "previews": await services.previews.of([project.id]),
        "glyphs": GLYPHS,
        "held": following.held if following else (),
        "before": None,
        "url": services.project_url(project.name),
    }


async def _chapter(services: ApiServices, principal: Principal, project: Project, number: int) -> Chapter:
    deployment = await services.runtime.get(principal, project.id, number)
    build = None if deployment.build_id is None else await services.builds.get(principal, project.id, number)
    return Chapter(number=number, build=build, deployment=deployment)


def _attention(chapters: list[Chapter]) -> Chapter | None:
    # The newest number of production failed: what serves is older, and the reader should know.
    newest = next((each for each in chapters if each.environment == PRODUCTION), None)
    return newest if newest and newest.failure and not newest.is_under_way else None


HANDLERS = [overview_page, overview_live]
