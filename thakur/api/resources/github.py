"""GitHub Apps of the asker's teams, and the repository on GitHub that a project follows."""

from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from thakur.accounts import Action
from thakur.api.asked import Asked, Asker, Services
from thakur.api.audited import SUBJECT
from thakur.api.fields import FilterChanges
from thakur.installations import AppAsked, Filters, GitHubApp, Held
from thakur.projects import PRODUCTION, Repository

APPS = "/api/v1/github/apps"
APP = f"{APPS}/{{app_id:int}}"
ROOT = "/api/v1/projects/{name:str}/github"


class FollowAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repository on GitHub, as OWNER/REPO. Without a branch it is the repository's default one of now."""

    repository: str
    branch: str = ""


class FollowChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of following becomes another: filters by name, of which null unsets; those that are not named stay."""

    filters: FilterChanges = {}


class HeldAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The environment whose newest commit is held back."""

    environment: str = PRODUCTION


class WebhookAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With a new secret the one before counts a day more."""

    new_secret: bool = False


# Of two GitHubs that have an App of the same number.
OnGitHub = Annotated[str, QueryParameter(name="url", max_length=300)]


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


@delete(APP, status_code=200)
async def remove_github_app(
    services: Services, principal: Asker, app_id: FromPath[int], url: OnGitHub = ""
) -> GitHubApp:
    """Forget an App with its secrets. Projects follow its repositories no more; on GitHub it stays."""
    return await services.upkeep.remove(principal, app_id, url)


@put(f"{APP}/webhook")
async def set_webhook(
    data: JSONBody[WebhookAsked], services: Services, principal: Asker, app_id: FromPath[int], url: OnGitHub = ""
) -> GitHubApp:
    """Have GitHub send the App's events to this server, as after its public URL has changed."""
    return await services.upkeep.set_hook(principal, app_id, url, is_new_secret=data.new_secret)


@put(ROOT)
async def follow_repository(
    data: JSONBody[FollowAsked], services: Services, principal: Asker, project: Asked
) -> Repository:
    """Have each push to the branch built, beginning with what is there now."""
    await services.projects.authorize(principal, project.id, Action.CONFIGURE)
    found = await services.browser.choose(principal, data.repository)
    branch = data.branch or found.default_branch
    repository = await services.repositories.set(principal, project.id, found.url, branch, "")
    await services.connections.connect(principal, project.id, found, follows_default=not data.branch)
    return repository


@patch(ROOT)
async def change_following(
    data: JSONBody[FollowChange], services: Services, principal: Asker, project: Asked
) -> Filters:
    """Hold pushes back by others from now on; the newest commit is judged again."""
    return await services.connections.change_filters(principal, project.id, data.filters)


@post(f"{ROOT}/deployments", status_code=202)
async def deploy_held(data: JSONBody[HeldAsked], services: Services, principal: Asker, project: Asked) -> Held:
    """Build the commit that is held back, in spite of what holds it."""
    await services.projects.authorize(principal, project.id, Action.DEPLOY)
    return await services.tracks.build_held(project.id, data.environment, principal.actor)


HANDLERS = [
    list_github_apps,
    add_github_app,
    remove_github_app,
    set_webhook,
    follow_repository,
    change_following,
    deploy_held,
]
