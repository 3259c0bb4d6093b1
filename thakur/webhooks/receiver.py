"""Where GitHub's events arrive: everything that can be refused is refused before a body is read, and a row comes before the answer.

A plain ASGI application beside the API's own: no session and no token counts here, only the signature.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import msgspec

from thakur.background import to_end
from thakur.errors import ThakurError
from thakur.installations import Apps, WebhookSecret
from thakur.webhooks.events import EventMalformed, idle, parse
from thakur.webhooks.inbox import Inbox
from thakur.webhooks.signatures import claimed, signer

PATH = "/webhooks/github"
# GitHub's own cap.
BODY_BYTES = 25 * 1024 * 1024
BODY_SECONDS = 10.0
# GitHub waits for ten.
KEEP_SECONDS = 7.0
# So many large bodies are in memory at a time; small ones are not counted.
LARGE_BYTES = 256 * 1024
LARGE_BODIES = 3
# A secret that was just changed counts no longer after so long; one that is new at once, but asked for no more often.
SECRETS_SECONDS = 2.0
AGAIN_SECONDS = 0.2

_EVENT = re.compile(rb"[a-z0-9_]{1,64}")
_GUID = re.compile(rb"[0-9A-Za-z-]{1,64}")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)


class _Answered(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class _Asked(NamedTuple):
    event: str
    guid: str
    digest: bytes
    length: int | None
    target: bytes


class Receiver:
    """Answers at the path of webhooks; anything else is the `app`'s."""

    def __init__(self, app: App, apps: Apps, inbox: Inbox) -> None:
        self._app = app
        self._apps = apps
        self._inbox = inbox
        self._large = asyncio.Semaphore(LARGE_BODIES)
        self._secrets: list[WebhookSecret] = []
        self._read_at = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        try:
            status, detail = await self._receive(scope, receive)
        except _Answered as answered:
            status, detail = answered.status, answered.detail
        except EventMalformed as error:
            status, detail = error.status, error.message
        except (ThakurError, TimeoutError) as error:
            # GitHub's log keeps it as failed, so it is delivered again later.
            log.warning("webhook could not be kept", extra={"reason": str(error) or "it took too long"})
            status, detail = 503, "This cannot be kept now"
        await _answer(send, status, detail)

    async def _receive(self, scope: Scope, receive: Receive) -> tuple[int, str]:
        asked = _asked(scope)
        if asked.length is None or asked.length > LARGE_BYTES:
            async with self._large:
                return await self._take(asked, receive)
        return await self._take(asked, receive)

    async def _take(self, asked: _Asked, receive: Receive) -> tuple[int, str]:
        body = await _body(receive, asked.length)
        app = await self._signer(asked, body, SECRETS_SECONDS) or await self._signer(asked, body, AGAIN_SECONDS)
        if app is None:
            raise _unsigned()
        event = parse(asked.event, body)
        async with asyncio.timeout(KEEP_SECONDS):
            if event is None:
                await self._inbox.ignore(app, asked.guid, idle(asked.event, body))
                return 202, "Nothing follows from this event"
            is_new = await self._inbox.accept(app, asked.guid, event)
        return (202, "Accepted") if is_new else (200, "Received before")

    async def _signer(self, asked: _Asked, body: bytes, oldest_seconds: float) -> int | None:
        if time.monotonic() - self._read_at > oldest_seconds:
            self._secrets = await self._apps.secrets()
            self._read_at = time.monotonic()
        named = [each for each in self._secrets if str(each.number).encode() == asked.target] or self._secrets
        pairs = [(each.app, each.secret) for each in named]
        if len(body) <= LARGE_BYTES:
            return signer(body, asked.digest, pairs)
        return await to_end(lambda: signer(body, asked.digest, pairs))


def _asked(scope: Scope) -> _Asked:
    if scope["method"] != "POST":
        raise _Answered(405, "Webhooks are sent by POST")
    fields: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        fields.setdefault(name.lower(), []).append(value)
    digest = claimed(fields.get(b"x-hub-signature-256", []))
    if digest is None:
        raise _unsigned()
    length = _only(fields, b"content-length")
    if length and (not length.isdigit() or int(length) > BODY_BYTES):
        raise _Answered(413, "A payload has 25 MB at most")
    kind = _only(fields, b"content-type").partition(b";")[0].strip().lower()
    if kind != b"application/json" or b"content-encoding" in fields:
        raise _Answered(415, "Set the webhook's content type to application/json")
    event, guid = _only(fields, b"x-github-event"), _only(fields, b"x-github-delivery")
    if not _EVENT.fullmatch(event) or not _GUID.fullmatch(guid):
        raise _Answered(400, "The event or its delivery has no name")
    target = _only(fields, b"x-github-hook-installation-target-id")
    return _Asked(event.decode(), guid.decode(), digest, int(length) if length else None, target)


def _only(fields: dict[bytes, list[bytes]], name: bytes) -> bytes:
    values = fields.get(name, [])
    return values[0].strip() if len(values) == 1 else b""


def _unsigned() -> _Answered:
    # The same words for every reason: whoever guesses learns nothing.
    return _Answered(401, "The signature is not one of an App of this server")


async def _body(receive: Receive, length: int | None) -> bytes:
    limit = BODY_BYTES if length is None else length
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise _Answered(400, "The payload broke off")
                body += message.get("body", b"")
                if len(body) > limit:
                    raise _Answered(413, "A payload has 25 MB at most")
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError as error:
        raise _Answered(408, "The payload took too long") from error


async def _answer(send: Send, status: int, detail: str) -> None:
    body = msgspec.json.encode({"detail": detail})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
