"""GitHub Apps of the asker's teams, and the repository on GitHub that a project follows."""

from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.params import JSONBody

from thakur.accounts import Action
from thakur.api.asked import Asked, Asker, Services
from thakur.api.audited import SUBJECT
from thakur.installations import AppAsked, GitHubApp
from thakur.projects import Repository

APPS = "/api/v1/github/apps"
ROOT = "/api/v1/projects/{name:str}/github"


class FollowAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repository on GitHub, as OWNER/REPO. Without a branch it is the repository's default one of now."""

    repository: str
    branch: str = ""


@get(APPS)
async def list_github_apps(services: Services, principal: Asker) -> list[GitHubApp]:
    """The Apps of the asker's teams and where they are installed, without their secrets."""
    return await services.github_apps.list(principal)


@post(APPS)
async def add_github_app(
    request: Request[Any, Any, Any], data: JSONBody[AppAsked], services: Services, principal: Asker
) -> GitHubApp:
    """Add an App that exists on GitHub, or give it new secrets. They go in and never come out."""
    request.scope["state"][SUBJECT] = str(data.app_id)
    return await services.github_apps.add(principal, data)


@put(ROOT)
async def follow_repository(
    data: JSONBody[FollowAsked], services: Services, principal: Asker, project: Asked
) -> Repository:
    """Have each push to the branch built, beginning with what is there now."""
    await services.projects.authorize(principal, project.id, Action.CONFIGURE)
    found = await services.connections.find(principal, data.repository)
    branch = data.branch or found.default_branch
    repository = await services.repositories.set(principal, project.id, found.url, branch, "")
    await services.connections.connect(principal, project.id, found)
    return repository


HANDLERS = [list_github_apps, add_github_app, follow_repository]
