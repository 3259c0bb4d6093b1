"""What a form of the deployments' pages does: one POST an act, answered by the page that shows what came of it."""

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from thakur.accounts import Action, Principal
from thakur.api.asked import Asked, Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.deployments import ONE, ROOT, stream_of
from thakur.api.pages.parts.chapters import chapter_of
from thakur.api.pages.parts.told import back_with
from thakur.builds import GitSource
from thakur.projects import PRODUCTION, Project


@post(ROOT, status_code=303)
async def deploy(services: Services, principal: Asker, project: Asked) -> Redirect:
    """Build the newest commit of the project's repository."""
    build = await services.builds.request_git(principal, project.id, GitSource())
    return Redirect(_address(project, build.number), status_code=303)


@post(f"{ONE}/rollback", status_code=303)
async def roll_back(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Redirect:
    """Bring this deployment back."""
    await services.rollouts.rollback(principal, project.id, number)
    return back_with(_address(project, number), "rollback")


@post(f"{ONE}/redeploy", status_code=303)
async def redeploy(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Redirect:
    """Deploy its artifact again where it was, with the env vars of now."""
    await services.projects.authorize(principal, project.id, Action.DEPLOY)
    found = await services.runtime.get(principal, project.id, number)
    made = await services.rollouts.redeploy(principal, project.id, number, found.environment)
    return back_with(_address(project, made.number), "redeploy")


@post(f"{ONE}/promotion", status_code=303)
async def promote(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Redirect:
    """Put a preview's artifact into production, with production's env vars of now."""
    made = await services.rollouts.redeploy(principal, project.id, number, PRODUCTION)
    return back_with(_address(project, made.number), "promotion")


@post(f"{ONE}/restart", status_code=303)
async def restart(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Redirect:
    """Give it new replicas."""
    await services.rollouts.restart(principal, project.id, number)
    return back_with(_address(project, number), "restart")


@post(f"{ONE}/cancellation", status_code=303)
async def cancel(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Redirect:
    """End its build or its rollout."""
    await services.projects.authorize(principal, project.id, Action.DEPLOY)
    await _cancel(services, principal, project, number)
    return back_with(_address(project, number), "cancellation")


@post(f"{ONE}/log/clearing", status_code=303)
async def clear_log(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> Redirect:
    """Remove the lines of its log so far."""
    await services.projects.authorize(principal, project.id, Action.CLEAR_LOGS)
    await services.logs.clear(stream_of(await chapter_of(services, principal, project, number)))
    return back_with(_address(project, number), "clearing")


async def _cancel(services: ApiServices, principal: Principal, project: Project, number: int) -> None:
    chapter = await chapter_of(services, principal, project, number)
    if chapter.deployment is None and chapter.build is not None and not chapter.build.status.has_ended:
        await services.builds.cancel(principal, project.id, number)
    else:
        await services.rollouts.cancel(principal, project.id, number)


def _address(project: Project, number: int) -> str:
    return f"/projects/{project.name}/deployments/{number}"


HANDLERS = [deploy, roll_back, redeploy, promote, restart, cancel, clear_log]
