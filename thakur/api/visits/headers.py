"""What every answer says to a browser, whichever handler made it."""

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from thakur.api.visits.visitors import arrival_in

DEFAULTS = {
    "x-content-type-options": "nosniff",
    # What somebody was shown is in no cache when they have signed out.
    "cache-control": "no-store",
}
HTTPS_FOR_A_YEAR = "max-age=31536000"


class Headers:
    """Stands outside everything; what an answer says already stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in DEFAULTS.items():
                    headers.setdefault(name, value)
                if arrival_in(scope).is_https:
                    headers.setdefault("strict-transport-security", HTTPS_FOR_A_YEAR)
            await send(message)

        await self._app(scope, receive, completed)
