"""Deployments of a project: the list, one by number and its log; a new one of an artifact that is there; and one's acts."""

from operator import attrgetter
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from thakur.api.asked import PAGE_LIMIT, After, Asked, Asker, Before, Limit, Services
from thakur.api.fields import Number
from thakur.api.lines import LineShown
from thakur.api.paging import page_of
from thakur.api.resources.logs import Tails, log_answer
from thakur.api.resources.shown import DeploymentShown, deployment_shown
from thakur.api.sought import InEnvironment, OfBranch, Sought
from thakur.projects import PRODUCTION
from thakur.runtime import DeploymentsSought, DeploymentStatus

ROOT = "/api/v1/projects/{name:str}/deployments"

Status = Annotated[DeploymentStatus | None, QueryParameter()]
Last = Annotated[int | None, QueryParameter(ge=1, le=PAGE_LIMIT)]


class RedeployAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number of the deployment whose artifact is deployed again, and where to."""

    origin: Number = msgspec.field(name="from")
    environment: str = PRODUCTION


@get(ROOT)
async def list_deployments(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    before: Before = None,
    limit: Limit = 50,
    status: Status = None,
    branch: OfBranch = "",
    environment: InEnvironment = "",
) -> Response[list[DeploymentShown]]:
    """The newest deployments, numbers below `before`, that fit what is given; `*` in a `branch` is any characters.

    `preview` as an `environment` is any but production.
    """
    ids = await Sought(environment=environment).environment_ids(services.projects, project)
    sought = DeploymentsSought(environment_ids=ids, status=status, branch=branch)
    rows = await services.runtime.list(principal, project.id, limit=limit + 1, before=before, sought=sought)
    return page_of(request, [deployment_shown(row) for row in rows], limit, attrgetter("number"))


@post(ROOT)
async def redeploy(
    data: JSONBody[RedeployAsked], services: Services, principal: Asker, project: Asked
) -> DeploymentShown:
    """A new deployment without a build: an artifact that is there, with the env vars of now."""
    return deployment_shown(await services.rollouts.redeploy(principal, project.id, data.origin, data.environment))


@get(f"{ROOT}/{{number:int}}")
async def get_deployment(
    services: Services, principal: Asker, project: Asked, number: FromPath[int]
) -> DeploymentShown:
    """One deployment."""
    return deployment_shown(await services.runtime.get(principal, project.id, number))


@post(f"{ROOT}/{{number:int}}/rollback", status_code=202)
async def rollback(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> DeploymentShown:
    """Bring this deployment back: its rollout begins now."""
    return deployment_shown(await services.rollouts.rollback(principal, project.id, number))


@post(f"{ROOT}/{{number:int}}/restart", status_code=202)
async def restart(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> DeploymentShown:
    """Give this deployment, which must be active, new replicas."""
    return deployment_shown(await services.rollouts.restart(principal, project.id, number))


@post(f"{ROOT}/{{number:int}}/cancellation", status_code=202)
async def cancel(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> DeploymentShown:
    """End this deployment's rollout; what it started goes in a moment."""
    return deployment_shown(await services.rollouts.cancel(principal, project.id, number))


@get(f"{ROOT}/{{number:int}}/logs")
async def deployment_logs(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    tails: Tails,
    project: Asked,
    number: FromPath[int],
    after: After = 0,
    limit: Limit = 500,
    last: Last = None,
) -> Response[list[LineShown]]:
    """The deployment's own lines, in one sequence with those of its build; or the newest `last` of them."""
    deployment = await services.runtime.get(principal, project.id, number)
    begin, most = (after, limit) if last is None else (None, last)
    return await log_answer(request, services.logs, tails, deployment.log_stream_id, after=begin, limit=most)


HANDLERS = [list_deployments, redeploy, get_deployment, rollback, restart, cancel, deployment_logs]
