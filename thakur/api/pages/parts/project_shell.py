"""What every page of one project has: its name, how it fares, where it answers, and its tabs."""

from typing import Any

import msgspec
from litestar import Request

from thakur.accounts import Action, Principal
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.standing import standings
from thakur.api.pages.parts.told import told
from thakur.projects import Project
from thakur.runtime import Deployment

TABS = (
    ("Overview", ""),
    ("Deployments", "/deployments"),
    ("Previews", "/previews"),
    ("Logs", "/logs"),
    ("Env", "/env"),
    ("Domains", "/domains"),
    ("Settings", "/settings"),
)


ACTS = {
    "deploy": Action.DEPLOY,
    "configure": Action.CONFIGURE,
    "clear_logs": Action.CLEAR_LOGS,
    "delete": Action.DELETE_PROJECT,
}


class ProjectHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a project's pages: `status` is what serves, or what is on its way while nothing does."""

    name: str
    url: str
    host: str
    status: str
    word: str
    live: Deployment | None


async def project_context(
    request: Request[Any, Any, Any], services: ApiServices, principal: Principal, project: Project, tab: str
) -> dict[str, object]:
    """The part of a page's context that all pages of a project share; `tab` is the current one's address below it."""
    return {
        "shell": await shell_of(request, services, principal, "/projects"),
        "head": await head_of(services, principal, project),
        "tabs": TABS,
        "tab": tab,
        "at": f"/projects/{project.name}",
        "told": told(request),
        "may": rights(principal, project),
    }


async def head_of(services: ApiServices, principal: Principal, project: Project) -> ProjectHead:
    """How the project fares now."""
    standing = (await standings(services, principal, [project.id]))[project.id]
    url = services.project_url(project.name)
    return ProjectHead(
        name=project.name,
        url=url,
        host=url.partition("://")[2],
        status="active" if standing.live else standing.status,
        word="active" if standing.live else standing.word,
        live=standing.live,
    )


def rights(principal: Principal, project: Project) -> dict[str, bool]:
    """Which acts a page of the project offers this reader; each service asks again."""
    return {name: principal.may(action, project.team_id) for name, action in ACTS.items()}
