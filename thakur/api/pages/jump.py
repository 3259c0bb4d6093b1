"""Jump to: one field that finds projects, numbers, pages and acts."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import QueryParameter

from thakur.accounts import Principal
from thakur.api.asked import Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.project_shell import TABS
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import Place, places_of, shell_of
from thakur.projects import Project

HERE = "/jump"
MOST = 8

Query = Annotated[str, QueryParameter(name="q", max_length=100)]


class Found(msgspec.Struct, frozen=True):
    """Somewhere to go: what it is called, what it is, where it is."""

    name: str
    kind: str
    url: str
    icon: str


@get(HERE)
async def jump_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, words: Query = ""
) -> Response[bytes]:
    """What the words find: as a page, or as the list below the field."""
    found = _found(places_of(principal), await services.projects.list(principal), words)
    context = {"found": found, "q": words, "shell": await _shell(request, services, principal)}
    return page(request, "jump/index.html", context, fragments={"jump-list": "jump/_list.html"})


async def _shell(request: Request[Any, Any, Any], services: ApiServices, principal: Principal) -> object:
    # The list alone has nothing around it.
    return None if request.headers.get("hx-request") else await shell_of(request, services, principal, HERE)


def _found(places: tuple[Place, ...], projects: list[Project], words: str) -> list[Found]:
    wanted, _, below = words.strip().lower().partition(" ")
    found = [Found(place.name, "page", place.url, place.icon) for place in places if wanted in place.name.lower()]
    for project in projects:
        if wanted not in project.name:
            continue
        url = f"/projects/{project.name}"
        if below.removeprefix("#").isdecimal():
            number = int(below.removeprefix("#"))
            found.insert(0, Found(f"{project.name} #{number}", "deployment", f"{url}/deployments/{number}", "again"))
        elif below:
            found += [
                Found(f"{project.name} {name.lower()}", "page", url + tab, "grid")
                for name, tab in TABS
                if below in name.lower()
            ]
        else:
            found.append(Found(project.name, "project", url, "grid"))
    return found[:MOST]


HANDLERS = [jump_page]
