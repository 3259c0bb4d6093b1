"""The page of a new project: its name, and where its files come from."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import QueryParameter

from thakur.api.asked import Asker, Services
from thakur.api.audited import SUBJECT
from thakur.api.pages.parts.plan_form import PlanForm, blank
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.repositories import listing
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import back_with, refused, told
from thakur.api.pages.project_from_github import planned
from thakur.errors import ThakurError

HERE = "/projects/new"

SourceNamed = Annotated[str, QueryParameter(name="source", max_length=10)]
InstallationAsked = Annotated[str, QueryParameter(name="installation", pattern="^[0-9]{0,15}$")]
Words = Annotated[str, QueryParameter(name="q", max_length=200)]
PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=1000)]
RepositoryNamed = Annotated[str, QueryParameter(name="repo", max_length=210)]


@get(HERE)
async def new_page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    source: SourceNamed = "",
    installation: InstallationAsked = "",
    words: Words = "",
    number: PageNumber = 1,
    repo: RepositoryNamed = "",
) -> Response[bytes]:
    """The sources; of GitHub the repositories, and the plan of the one that was chosen."""
    target = request.headers.get("hx-target", "") if request.headers.get("hx-request") else ""
    shell = await shell_of(request, services, principal, "/projects")
    if not source:
        source = "github" if await services.github_apps.list(principal) else "git"
    context = blank(source) | {"shell": shell, "told": told(request), "repo": repo}
    if source == "github" and shell.may_create:
        if repo and not target.endswith("#repositories"):
            context["plan"] = await planned(services, principal, PlanForm(repo=repo), None)
        if not target.endswith("#plan"):
            number_of = int(installation) if installation else None
            context["listing"] = await listing(services, principal, number_of, words.strip(), number)
    fragments = {"repositories": "project_new/_repositories.html", "plan": "project_new/_plan.html"}
    return page(request, "project_new/index.html", context, fragments=fragments)


@post(HERE, status_code=303)
async def create(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Make it, and lead to what comes next."""
    name = str((await request.form()).get("name", "")).strip()
    try:
        project = await services.projects.create(principal, name)
    except ThakurError as error:
        shell = await shell_of(request, services, principal, "/projects")
        context = blank("git") | {"shell": shell, "name": name, "refusal": error, "told": refused(error)}
        return page(request, "project_new/index.html", context, status_code=error.status)
    request.scope["state"][SUBJECT] = project.name
    return back_with(f"/projects/{project.name}", "project_made")


HANDLERS = [new_page, create]
