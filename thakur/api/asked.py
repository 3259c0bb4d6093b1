"""What a handler may ask for by name: the services, who is asking, the project in the path, and a page's borders."""

from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter, SkipValidation

from thakur.accounts import Principal
from thakur.api.audited import TEAM_ID
from thakur.api.fields import LARGEST_NUMBER
from thakur.api.interface import ApiServices, principal_missing
from thakur.api.marks import PROJECT_ID
from thakur.projects import Project

PAGE_LIMIT = 500

Services = NamedDependency[SkipValidation[ApiServices]]
Asker = NamedDependency[SkipValidation[Principal]]
Asked = NamedDependency[SkipValidation[Project]]
Before = Annotated[int | None, QueryParameter(ge=0, le=LARGEST_NUMBER)]
After = Annotated[int, QueryParameter(ge=0)]
AfterOrNewest = Annotated[int | None, QueryParameter(ge=0)]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_LIMIT)]


def dependencies(services: ApiServices) -> dict[str, Provide]:
    """The providers of `services`, `principal` and, below a project's path, `project`."""
    return {
        "services": Provide(lambda: services, sync_to_thread=False),
        "principal": Provide(_principal, sync_to_thread=False),
        "project": Provide(_project),
    }


def _principal(request: Request[Any, Any, Any]) -> Principal:
    principal: Principal | None = request.scope["state"].get("principal")
    if principal is None:
        raise principal_missing()
    return principal


async def _project(
    request: Request[Any, Any, Any], services: Services, principal: Asker, name: FromPath[str]
) -> Project:
    project = await services.projects.get(principal, name)
    request.scope["state"] |= {TEAM_ID: project.team_id, PROJECT_ID: project.id}
    return project
