"""The page of edges: the hosts that run applications, how they fare, and what each can enforce."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from litestar.response import Stream

from thakur.accounts import Principal
from thakur.api.asked import Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.live import Live
from thakur.api.pages.parts.recent import with_recent
from thakur.api.pages.parts.rendering import page, reader, rendered
from thakur.api.pages.parts.shell import shell_of

HERE = "/edges"
# What an operator reads for each measure: what it is, and what it means to be without it.
MEASURES = {
    "sandbox": ("Sandbox", "Builds and applications are refused"),
    "own_uid": ("A uid for each project", "All projects share Thakur's own user"),
    "system_calls": ("System call filter", "More of the kernel can be reached from inside"),
    "overlay": ("Read-only artifacts", "Applications are refused"),
    "memory": ("Memory limit", "An application may use all memory"),
    "cpu": ("CPU limit", "An application may use all processors"),
    "processes": ("Process limit", "A fork bomb is not stopped"),
    "freezer": ("Freezing", "Nothing can be put to sleep"),
    "kill": ("Ending a whole group at once", "Processes are ended one by one"),
}
NEARLY_FULL = 0.8


@get(HERE)
async def edges_page(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """Every host."""
    context = {"shell": await shell_of(request, services, principal, HERE), **await _shown(services, principal)}
    return page(request, "edges/index.html", context)


@get(f"{HERE}/events")
async def edges_live(request: Request[Any, Any, Any], services: Services, principal: Asker, live_pages: Live) -> Stream:
    """The hosts again whenever their figures change."""
    base = reader(request)

    async def parts() -> Mapping[str, str]:
        return {"edges": rendered("edges/_list.html", base | await _shown(services, principal))}

    return live_pages.answer(with_recent(services, principal, parts))


async def _shown(services: ApiServices, principal: Principal) -> dict[str, object]:
    return {"edges": await services.edges.list(principal), "measures": MEASURES, "nearly_full": NEARLY_FULL}


HANDLERS = [edges_page, edges_live]
