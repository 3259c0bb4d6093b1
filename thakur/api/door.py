"""The door of a listener: who is asking is settled before a path is looked at, so no route can forget to ask."""

from collections.abc import Awaitable, Callable

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from thakur.accounts import Principal
from thakur.api.errors import problem
from thakur.api.interface import PrincipalMissing

OPEN_PATHS = frozenset({"/up", "/ready"})
# The dashboard's own scripts and styles are the same for everybody.
STATIC = "/static/"

PrincipalOf = Callable[[Scope], Awaitable[Principal | None]]


class Door:
    """Lets a request in with its principal, or answers 401. Health and static files are for everybody."""

    def __init__(self, app: ASGIApp, principal_of: PrincipalOf) -> None:
        self._app = app
        self._principal_of = principal_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and not _is_open(scope["path"]):
            try:
                scope.setdefault("state", {})["principal"] = await self._admit(scope)
            except Exception as error:  # noqa: BLE001  (the request rim, outside the application's own)
                await problem(error).to_asgi_response(None, Request(scope))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Principal:
        principal = await self._principal_of(scope)
        if principal is None:
            raise PrincipalMissing(
                "This needs to know who is asking",
                hint="Use the server's local socket: on its host, as root or as the server's own user.",
            )
        return principal


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(STATIC)
