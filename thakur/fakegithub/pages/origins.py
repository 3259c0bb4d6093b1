"""Other sites' pages can send a browser here too; what they may have done by it is little."""

from aiohttp import web
from aiohttp.typedefs import Handler

from thakur.fakegithub.door.answers import Refusal

OWN_NAMES = ("127.0.0.1", "localhost")
# Here whoever would like an App sends the browser, or asks without one.
OPEN = ("/settings/apps/new", "/login/oauth/access_token", "/login/device/code")


def is_foreign(request: web.Request) -> bool:
    """Whether another site's page has sent this."""
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.host}"


@web.middleware
async def own_pages_alone(request: web.Request, handler: Handler) -> web.StreamResponse:
    """By no other name than loopback's, and nothing posted by others but what is open to them."""
    if request.url.host not in OWN_NAMES:
        raise Refusal(403, "The simulated GitHub is here by the name 127.0.0.1 alone.")
    is_api = request.path.startswith("/api/v3/")
    if request.method == "POST" and not is_api and is_foreign(request) and not request.path.endswith(OPEN):
        raise Refusal(403, "Another site's page has sent this.")
    return await handler(request)
