"""Deployments of a project: the list, one by number, and its log."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from thakur.api.asked import After, Asked, Asker, Before, Limit, Services
from thakur.api.logs import Tails, log_answer
from thakur.runtime import Deployment

ROOT = "/api/v1/projects/{name:str}/deployments"


@get(ROOT)
async def list_deployments(
    services: Services, principal: Asker, project: Asked, before: Before = None, limit: Limit = 50
) -> list[Deployment]:
    """The newest deployments, numbers below `before` if given."""
    return await services.runtime.list(principal, project.id, limit=limit, before=before)


@get(f"{ROOT}/{{number:int}}")
async def get_deployment(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Deployment:
    """One deployment."""
    return await services.runtime.get(principal, project.id, number)


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
) -> Response[Any]:
    """The deployment's own lines, in one sequence with those of its build."""
    deployment = await services.runtime.get(principal, project.id, number)
    return await log_answer(request, services.logs, tails, deployment.log_stream_id, after=after, limit=limit)


HANDLERS = [list_deployments, get_deployment, deployment_logs]
