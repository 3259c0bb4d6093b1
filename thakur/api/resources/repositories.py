"""The repository of a project: the one that it has, another one, none."""

import msgspec
from litestar import delete, put
from litestar.params import JSONBody

from thakur.api.asked import Asked, Asker, Services
from thakur.projects import Repository

ROOT = "/api/v1/projects/{name:str}/repository"


class RepositoryAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without a branch or a token those that were given for the same URL stay; the empty ones forget them."""

    git_url: str
    branch: str | None = None
    git_token: str | None = None


class RepositoryForgotten(msgspec.Struct, frozen=True):
    """The project that has none any more."""

    name: str


@put(ROOT)
async def put_repository(
    data: JSONBody[RepositoryAsked], services: Services, principal: Asker, project: Asked
) -> Repository:
    """Name the repository. The token goes in and never comes out."""
    return await services.repositories.set(principal, project.id, data.git_url, data.branch, data.git_token)


@delete(ROOT, status_code=200)
async def forget_repository(services: Services, principal: Asker, project: Asked) -> RepositoryForgotten:
    """Forget it, and its token."""
    await services.repositories.forget(principal, project.id)
    return RepositoryForgotten(project.name)


HANDLERS = [put_repository, forget_repository]
