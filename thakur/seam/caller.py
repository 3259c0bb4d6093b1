"""A Protocol made again from its contract: each method signs, sends, waits until its deadline, and tries again if it may."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import msgspec

from thakur.errors import ThakurError
from thakur.seam.contract import Kind, Method, contract
from thakur.seam.failures import unpack_error
from thakur.seam.frames import HEAD_BYTES, Frame, unpack_head
from thakur.seam.interface import (
    ARGUMENTS_HEADER,
    CALL_SECONDS,
    DEADLINE_HEADER,
    ITEM_BYTES,
    RESULT_BYTES,
    SIGNATURE_HEADER,
    SILENCE_SECONDS,
    DeadlineMissed,
    PeerAbsent,
    PeerFailed,
)
from thakur.seam.peer import Answer, Peer
from thakur.seam.signing import sign

FIRST_PAUSE_SECONDS = 0.05
LAST_PAUSE_SECONDS = 2.0

ProtocolT = TypeVar("ProtocolT")
ResultT = TypeVar("ResultT")

_jitter = secrets.SystemRandom()


def client(protocol: type[ProtocolT], peer: Peer) -> ProtocolT:
    """Make the Protocol whose calls are answered by the implementation that `peer` has mounted."""
    return cast(ProtocolT, _Client(protocol, peer))


class _Client:
    def __init__(self, protocol: type, peer: Peer) -> None:
        self._protocol = protocol
        self._peer = peer
        for method in contract(protocol).values():
            setattr(self, method.name, self._stub(method))

    def __repr__(self) -> str:
        return f"<{self._protocol.__name__} at {self._peer.where}>"

    def _stub(self, method: Method) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            values = method.signature.bind(*arguments, **named).arguments
            body = values.pop(method.body) if method.body else None
            raw = method.pack(values)
            if method.kind is Kind.DOWNLOAD:
                return self._download(method, raw)
            return self._ask(method, raw) if body is None else self._upload(method, raw, body)

        call.__name__ = method.name
        return call

    async def _ask(self, method: Method, raw: bytes) -> Any:
        async def attempt() -> Any:
            return await self._answered(method, await self._post(method, raw, until, raw))

        async with self._within(method, method.deadline_seconds or CALL_SECONDS) as until:
            return await self._persist(method, until, attempt)

    async def _upload(self, method: Method, raw: bytes, body: AsyncIterator[bytes]) -> Any:
        upload = _Upload(body)

        async def attempt() -> Any:
            answer = await self._post(method, raw, until, upload.chunks())
            return await self._answered(method, answer)

        try:
            async with self._within(method, method.deadline_seconds or CALL_SECONDS) as until:
                return await self._persist(method, until, attempt)
        except ThakurError:
            if upload.failure is not None:
                raise upload.failure from None
            raise

    async def _download(self, method: Method, raw: bytes) -> AsyncIterator[Any]:
        async def attempt() -> Answer:
            return await self._post(method, raw, until, raw)

        async with self._within(method, method.deadline_seconds or CALL_SECONDS) as until:
            answer = await self._persist(method, until, attempt)
        ends_at = None if method.deadline_seconds is None else until
        try:
            while True:
                kind, content = await self._frame(method, answer, ends_at)
                if kind is Frame.ITEM:
                    yield _understood(method.unpack_result, content)
                elif kind is Frame.FAILED:
                    raise _understood(unpack_error, content)
                elif kind is Frame.END:
                    return
        finally:
            answer.close()

    async def _post(self, method: Method, raw: bytes, until: float, body: bytes | AsyncIterator[bytes]) -> Answer:
        headers = {SIGNATURE_HEADER: sign(self._peer.key, method.path, raw)}
        if method.kind is Kind.UPLOAD:
            headers[ARGUMENTS_HEADER] = base64.b64encode(raw).decode()
        if method.deadline_seconds is not None:
            headers[DEADLINE_HEADER] = f"{until - asyncio.get_running_loop().time():.3f}"
        answer = await self._peer.post(method.path, headers, body)
        if answer.status == 200:
            return answer
        try:
            raise _understood(unpack_error, await answer.read(RESULT_BYTES))
        finally:
            answer.close()

    async def _answered(self, method: Method, answer: Answer) -> Any:
        try:
            return _understood(method.unpack_result, await answer.read(RESULT_BYTES))
        finally:
            answer.close()

    async def _frame(self, method: Method, answer: Answer, ends_at: float | None) -> tuple[Frame, bytes]:
        silent_at = asyncio.get_running_loop().time() + SILENCE_SECONDS
        try:
            async with asyncio.timeout_at(silent_at if ends_at is None else min(silent_at, ends_at)):
                kind, length_bytes = _understood(unpack_head, await answer.exactly(HEAD_BYTES))
                if length_bytes > ITEM_BYTES:
                    raise PeerFailed(f"An item of {method.path} has {length_bytes} bytes")
                content = await answer.exactly(length_bytes)
                if kind is Frame.END:
                    await answer.finish()
                return kind, content
        except TimeoutError as error:
            raise DeadlineMissed(f"{method.path} on {self._peer.where} fell silent, or did not end in time") from error

    @asynccontextmanager
    async def _within(self, method: Method, seconds: float) -> AsyncIterator[float]:
        until = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(until):
                yield until
        except TimeoutError as error:
            raise DeadlineMissed(f"{method.path} on {self._peer.where} took longer than {seconds:g} s") from error

    async def _persist(self, method: Method, until: float, attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
        loop = asyncio.get_running_loop()
        pause_seconds = FIRST_PAUSE_SECONDS
        give_up_at = None
        while True:
            try:
                return await attempt()
            except ThakurError as error:
                give_up_at = give_up_at or min(until, loop.time() + self._peer.retry_seconds)
                pause = pause_seconds * _jitter.uniform(0.5, 1.0)
                if not _may_repeat(method, error) or loop.time() + pause > give_up_at:
                    raise
            await asyncio.sleep(pause)
            pause_seconds = min(2 * pause_seconds, LAST_PAUSE_SECONDS)


def _may_repeat(method: Method, error: ThakurError) -> bool:
    if isinstance(error, PeerAbsent):
        return True
    return method.is_idempotent and method.kind is not Kind.UPLOAD and error.status == 503


def _understood(unpack: Callable[[bytes], ResultT], content: bytes) -> ResultT:
    try:
        return unpack(content)
    except (msgspec.DecodeError, ValueError) as error:
        raise PeerFailed("The other side answered what cannot be read", hint="Upgrade every role.") from error


class _Upload:
    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body
        self.failure: Exception | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._body:
                yield chunk
        except Exception as error:
            self.failure = error
            raise
