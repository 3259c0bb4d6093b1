"""A request that may come again is done once: whoever repeats it under its key is given the same answer."""

import hashlib
import logging
import re
from collections.abc import Sequence

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from thakur.accounts import Answer, AnswerKept, AnswerNotKept, IdempotencyKeys, Principal, key_taken
from thakur.api.errors import problem
from thakur.api.marks import IS_SECRET, PROJECT_ID
from thakur.builds import UPLOAD_BYTES
from thakur.errors import Malformed, ThakurError

HEADER = "idempotency-key"
ROOT = "/api/"
REPEATED = (b"idempotent-replayed", b"true")

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

log = logging.getLogger(__name__)


class Once:
    """Stands round the application, inside the door: keys are the asker's own."""

    def __init__(self, app: ASGIApp, keys: IdempotencyKeys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal: Principal | None = scope.get("state", {}).get("principal")
        key = _key(scope)
        if key is None or principal is None:
            await self._app(scope, receive, send)
            return
        body, told = _Body(receive), _Told()
        try:
            kept = await self._claim(scope, principal, key)
            if kept is None:
                await self._do(scope, principal, key, body, told)
            else:
                await _repeat(kept, body, told)
        except ThakurError as error:
            await problem(error).to_asgi_response(None, Request(scope))(scope, receive, send)
            return
        for message in told.messages:
            await send(message)

    async def _claim(self, scope: Scope, principal: Principal, key: str) -> AnswerKept | None:
        if not _KEY.fullmatch(key):
            raise Malformed(
                "Idempotency-Key is no key", hint="Use up to 255 letters, digits and signs, such as a UUID."
            )
        return await self._keys.claim(principal, key, _target(scope))

    async def _do(self, scope: Scope, principal: Principal, key: str, body: "_Body", told: "_Told") -> None:
        is_done = False
        try:
            await self._app(scope, body.receive, told.send)
            is_done = 200 <= told.status < 300
        finally:
            if not is_done:
                # What was refused has changed nothing, and may be asked again when its cause is gone.
                await self._keys.free(principal, key)
        if not is_done:
            return
        opt = scope["route_handler"].opt
        answer = Answer(status=told.status, media_type=told.media_type, body=None if opt.get(IS_SECRET) else told.body)
        try:
            kept = AnswerKept(body_digest=await body.digest(), answer=answer, project_id=scope["state"].get(PROJECT_ID))
            await self._keys.keep(principal, key, kept)
        except ThakurError:  # it has happened, and its answer is not to be lost as well
            log.warning("answer not kept", exc_info=True, extra={"actor": principal.actor, "path": scope["path"]})


class _Body:
    """A request's body on its way, and the digest of all of it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._digest = hashlib.sha256()
        self._bytes = 0
        self._has_ended = False

    async def receive(self) -> ReceiveMessage:
        message = await self._receive()
        if message["type"] == "http.request":
            self._digest.update(message.get("body", b""))
            self._bytes += len(message.get("body", b""))
            self._has_ended = not message.get("more_body")
        else:
            self._has_ended = True
        return message

    async def digest(self) -> bytes:
        """Of the whole body, also of what nobody has read yet."""
        while not self._has_ended and self._bytes <= UPLOAD_BYTES:
            await self.receive()
        return self._digest.digest()


class _Told:
    """An answer that is held until it is known what becomes of it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return next((message["status"] for message in self.messages if message["type"] == "http.response.start"), 0)

    @property
    def media_type(self) -> str:
        headers: Sequence[tuple[bytes, bytes]] = [
            header
            for message in self.messages
            if message["type"] == "http.response.start"
            for header in message["headers"]
        ]
        return next((value.decode("latin-1") for name, value in headers if name.lower() == b"content-type"), "")

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages if message["type"] == "http.response.body")


async def _repeat(kept: AnswerKept, body: _Body, told: _Told) -> None:
    if await body.digest() != kept.body_digest:
        raise key_taken()
    answer = kept.answer
    if answer.body is None:
        raise AnswerNotKept(
            "This was done already, and its answer held a secret that is shown once",
            hint="If the answer was lost, take back what was made and make another one, with a new key.",
        )
    headers = [
        (b"content-type", answer.media_type.encode("latin-1")),
        (b"content-length", str(len(answer.body)).encode()),
        REPEATED,
    ]
    await told.send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await told.send({"type": "http.response.body", "body": answer.body, "more_body": False})


def _key(scope: Scope) -> str | None:
    if scope["type"] != ScopeType.HTTP or scope["method"] != "POST" or not scope["path"].startswith(ROOT):
        return None
    return Request(scope).headers.get(HEADER)


def _target(scope: Scope) -> bytes:
    kind = Request(scope).headers.get("content-type", "").partition(";")[0].strip().lower()
    words = (scope["path"], scope["query_string"].decode("latin-1"), kind)
    return hashlib.sha256("\0".join(words).encode()).digest()
