"""The door of a listener: who is asking is settled before a path is looked at, so no route can forget to ask."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.response import Redirect
from litestar.types import ASGIApp, Receive, Scope, Send

from thakur.accounts import Principal
from thakur.api.errors import problem
from thakur.api.interface import PrincipalMissing, principal_missing

OPEN_PATHS = frozenset({"/up", "/ready"})
# The dashboard's own scripts and styles are the same for everybody.
STATIC = "/static/"
# Where somebody may come who is not known yet: to become so.
WELCOME = re.compile(r"/login(?:/link/[A-Za-z0-9_-]+|/github(?:/callback)?)?|/api/v1/devices(?:/collection)?")

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
                await _refusal(Request(scope), error).to_asgi_response(None, Request(scope))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Principal | None:
        principal = await self._principal_of(scope)
        if principal is None and not asks_nobody(scope["path"]):
            raise principal_missing()
        return principal


def asks_nobody(path: str) -> bool:
    """Whether somebody may come there of whom nothing is known."""
    return _is_open(path) or WELCOME.fullmatch(path) is not None


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(STATIC)


def _refusal(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    # Whoever opens a page is led to where they can sign in; a part of a page, and a program, are told that they must.
    is_page = (
        request.method == "GET"
        and "text/html" in request.headers.get("accept", "")
        and "hx-request" not in request.headers
        and not request.scope["path"].startswith("/api/")
    )
    if isinstance(error, PrincipalMissing) and is_page:
        query = request.scope["query_string"].decode("latin-1")
        there = request.scope["path"] + (f"?{query}" if query else "")
        return Redirect(f"/login?next={quote(there, safe='')}", status_code=303)
    return problem(error)
