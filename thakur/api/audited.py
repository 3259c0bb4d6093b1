"""What is changed over HTTP is kept: who did which thing to what, by the handler's name and the path's own words."""

import logging

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from thakur.accounts import Accounts
from thakur.errors import ThakurError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Of a handler that leaves its own trail, or none: `opt` with this key.
IS_TOLD = "is_told"
# Of the request's state: what a handler knows of its subject beyond the path, and whose it is.
SUBJECT, TEAM_ID = "subject", "team_id"

log = logging.getLogger(__name__)


class Audited:
    """Stands round the application and notes every change that was not refused."""

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, watch)
        if scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE_METHODS and 200 <= status < 400:
            await self._note(scope)

    async def _note(self, scope: Scope) -> None:
        principal, handler = scope.get("state", {}).get("principal"), scope.get("route_handler")
        if principal is None or handler is None or handler.opt.get(IS_TOLD):
            return
        state, named = scope["state"], scope.get("path_params") or {}
        words = state.get(SUBJECT) or " ".join(str(value) for value in named.values())
        action = handler.handler_name.rpartition(".")[2].replace("_", " ")
        try:
            await self._accounts.audit(principal, action, words, state.get(TEAM_ID))
        except ThakurError:  # the change has happened, and its answer is out
            log.warning("audit event lost", exc_info=True, extra={"actor": principal.actor, "subject": words})
