"""What an address takes, as OPTIONS tells it."""

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import Message, Scope


async def tell_methods(message: Message, scope: Scope) -> None:
    """Name every method: the framework forgets those of handlers that came to the address after the first one."""
    if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP or scope["method"] != "OPTIONS":
        return
    for route in scope["litestar_app"].routes:
        if route.path_format == scope["path_template"]:
            MutableScopeHeaders(message)["allow"] = ", ".join(sorted(route.methods))
