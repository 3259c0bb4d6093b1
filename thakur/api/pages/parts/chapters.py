"""Reading a project's history: a page of numbers, each with its build and its deployment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from thakur.accounts import Principal
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.history import Chapter, label_of, merged
from thakur.api.sought import Sought
from thakur.builds import Build, BuildNotFound, BuildsSought
from thakur.errors import NotFound
from thakur.projects import PRODUCTION, Project
from thakur.runtime import Deployment, DeploymentNotFound

Row = TypeVar("Row", Build, Deployment)


async def chapters_of(
    services: ApiServices, principal: Principal, project: Project, sought: Sought, *, limit: int, before: int | None
) -> list[Chapter]:
    """The newest of what is sought, numbers below `before`: at least `limit` of them where there are so many."""

    async def newest(read: Callable[..., Awaitable[list[Row]]], meant: object | None) -> list[Row]:
        return [] if meant is None else await read(principal, project.id, limit=limit, before=before, sought=meant)

    ids = await sought.environment_ids(services.projects, project)
    builds, deployments = await asyncio.gather(
        newest(services.builds.list, sought.builds(ids)),
        newest(services.runtime.list, sought.deployments(ids)),
    )
    if sought.status and deployments:
        # Theirs succeeded, whatever became of the deployments.
        theirs = BuildsSought(numbers=tuple(deployment.number for deployment in deployments))
        builds += await newest(services.builds.list, theirs)
    places = await services.projects.places([build.environment_id for build in builds])
    return merged(builds, deployments, places)


async def chapter_of(services: ApiServices, principal: Principal, project: Project, number: int) -> Chapter:
    """Everything of that number. Raises NotFound."""
    build = deployment = None
    with suppress(BuildNotFound):
        build = await services.builds.get(principal, project.id, number)
    with suppress(DeploymentNotFound):
        deployment = await services.runtime.get(principal, project.id, number)
    if build is None and deployment is None:
        raise NotFound(f"{project.name} has no deployment #{number}", hint="See them under Deployments.")
    places = await services.projects.places([build.environment_id] if build else [])
    label = label_of(build, places) if build else PRODUCTION
    return Chapter(number=number, build=build, deployment=deployment, label=label)
