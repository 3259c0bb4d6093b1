"""The page of what was done: who, what, on what, when and from where."""

from typing import Any

from litestar import Request, Response, get

from thakur.api.asked import Asker, Before, Services
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of

HERE = "/audit"
PAGE = 50


@get(HERE)
async def audit_page(
    request: Request[Any, Any, Any], services: Services, principal: Asker, before: Before = None
) -> Response[bytes]:
    """The newest events, or those before one."""
    events = await services.accounts.events(principal, before, PAGE + 1)
    context = {
        "shell": await shell_of(request, services, principal, HERE),
        "events": events[:PAGE],
        "older": events[PAGE - 1].id if len(events) > PAGE else None,
        "before": before,
    }
    return page(request, "audit/index.html", context)


HANDLERS = [audit_page]
