"""What another site makes a browser send is refused: forms and scripts of ours prove that they are."""

import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPRequestEvent, Receive, ReceiveMessage, Scope, Send

from thakur.api.interface import RequestForeign
from thakur.api.visits.arrival import Entrance
from thakur.api.visits.visitors import csrf_token_in, unmasked

Answer = Callable[[Request[Any, Any, Any], Exception], Response[Any]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "x-csrf-token"
FIELD = "_csrf_token"
FORM = "application/x-www-form-urlencoded"
FORM_BYTES = 1024 * 1024


class SameOrigin:
    """Stands inside the door. A bearer's request passes: no browser adds that by itself."""

    def __init__(self, app: ASGIApp, entrance: Entrance, answer: Answer) -> None:
        self._app = app
        self._answer = answer
        self._public_host = urlsplit(entrance.public_url or "").netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE_METHODS:
            request: Request[Any, Any, Any] = Request(scope)
            try:
                if "authorization" not in request.headers:
                    self._check_origin(request)
                    receive = await self._check_token(request, receive)
            except RequestForeign as error:
                await self._answer(request, error).to_asgi_response(None, request)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check_origin(self, request: Request[Any, Any, Any]) -> None:
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        hosts = {request.headers.get("host", ""), self._public_host} - {""}
        is_foreign = site not in (None, "same-origin", "none") or (
            origin is not None and urlsplit(origin).netloc not in hosts
        )
        if is_foreign:
            raise RequestForeign(
                "This was sent by a page of another site", hint="Open the dashboard itself and do it there."
            )

    async def _check_token(self, request: Request[Any, Any, Any], receive: Receive) -> Receive:
        expected = csrf_token_in(request.scope)
        if not expected:
            return receive
        sent = request.headers.get(HEADER)
        if sent is None and request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
            body = await _read(receive)
            sent = parse_qs(body.decode(errors="replace")).get(FIELD, [""])[0]
            receive = _again(body, receive)
        if not hmac.compare_digest(unmasked(sent or "").encode(), expected.encode()):
            raise RequestForeign(
                "The form is older than your session", hint="Go back, reload the page and send it again."
            )
        return receive


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if len(body) > FORM_BYTES:
            raise RequestForeign("The form is longer than any of the dashboard's")
        if not message.get("more_body"):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def give() -> ReceiveMessage:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return HTTPRequestEvent(type="http.request", body=body, more_body=False)

    return give
