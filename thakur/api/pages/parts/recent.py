"""The projects of the sidebar, which fare on while a page is open."""

from collections.abc import Mapping

import msgspec

from thakur.accounts import Principal
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.live import Parts
from thakur.api.pages.parts.rendering import rendered
from thakur.api.pages.parts.standing import standings

RECENT_PROJECTS = 6


class Recent(msgspec.Struct, frozen=True):
    """A project in the sidebar."""

    name: str
    status: str
    word: str


async def recent_of(services: ApiServices, principal: Principal) -> tuple[Recent, ...]:
    """The newest ones, and how they fare."""
    projects = await services.projects.list(principal, RECENT_PROJECTS)
    found = await standings(services, principal, [project.id for project in projects])
    return tuple(Recent(project.name, found[project.id].status, found[project.id].word) for project in projects)


def with_recent(services: ApiServices, principal: Principal, parts: Parts) -> Parts:
    """The parts of a page, and the sidebar's projects."""

    async def both() -> Mapping[str, str] | None:
        shown = await parts()
        if shown is None:
            return None
        recent = await recent_of(services, principal)
        return {**shown, "recent-projects": rendered("_recent.html", {"recent": recent})}

    return both
