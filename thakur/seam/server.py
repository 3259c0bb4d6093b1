"""A plain ASGI app that serves Protocols: it lets a call in, hands it to the implementation, and sends what comes of it."""

import base64
import binascii
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from thakur.background import Tasks
from thakur.errors import Malformed, ThakurError, TooLarge, Unauthenticated
from thakur.seam.contract import Kind, Method, contract
from thakur.seam.exchange import CallerGone, Exchange, Receive, Send
from thakur.seam.failures import pack_error
from thakur.seam.frames import Frame
from thakur.seam.interface import (
    ARGUMENTS_BYTES,
    ARGUMENTS_HEADER,
    DEADLINE_HEADER,
    ITEM_BYTES,
    SIGNATURE_HEADER,
    VERSION,
    VERSION_HEADER,
    PeerFailed,
    SeamBroken,
)
from thakur.seam.signing import Key, Verifier, digest_of

ProtocolT = TypeVar("ProtocolT")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mount:
    """A Protocol, what implements it here, and the keys whose holders may call it."""

    protocol: type
    implementation: object
    keys: tuple[Key, ...]


def mount(protocol: type[ProtocolT], implementation: ProtocolT, *keys: Key) -> Mount:
    """Put an implementation behind its Protocol, for the holders of these keys."""
    return Mount(protocol, implementation, keys)


@dataclass(frozen=True, slots=True)
class _Served:
    method: Method
    call: Callable[..., Any]
    verifier: Verifier


class SeamApp:
    """Every mounted method at its path. No web framework, no state but the calls that run."""

    def __init__(self, *mounts: Mount) -> None:
        self._tasks = Tasks()
        self._served: dict[str, _Served] = {}
        for one in mounts:
            verifier = Verifier(one.keys)
            for method in contract(one.protocol).values():
                self._served[method.path] = _Served(method, getattr(one.implementation, method.name), verifier)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            exchange = Exchange(scope, receive, send, self._tasks)
            await self._exchange(exchange)
            await exchange.left()

    async def _exchange(self, exchange: Exchange) -> None:
        try:
            served, arguments = await self._admit(exchange)
            seconds = exchange.seconds_left(DEADLINE_HEADER, served.method.deadline_seconds)
            if served.method.kind is Kind.DOWNLOAD:
                await _stream(exchange, served, arguments, seconds)
                return
            async with exchange.bounded(seconds):
                result = await served.call(**arguments)
            content = served.method.pack_result(result)
        except CallerGone:
            return
        except Exception as error:  # noqa: BLE001  (the request rim)
            failure = _failure(error, exchange.path)
            await exchange.answer(failure.status, pack_error(failure))
        else:
            await exchange.answer(200, content)

    async def _admit(self, exchange: Exchange) -> tuple[_Served, dict[str, Any]]:
        # 1 speaks this version, 2 asks for what is here, 3 may ask, 4 says what was signed: nothing is read before 4.
        if exchange.header(VERSION_HEADER) != VERSION:
            raise Malformed(f"This seam speaks version {VERSION}", hint="Upgrade every role to the same version.")
        served = self._served.get(exchange.path)
        if served is None or not exchange.is_post:
            raise SeamBroken(f"There is no call {exchange.path} here", hint="Upgrade every role to the same version.")
        digest = served.verifier.verify(exchange.header(SIGNATURE_HEADER), exchange.path)
        is_upload = served.method.kind is Kind.UPLOAD
        raw = _in_header(exchange) if is_upload else await exchange.read(ARGUMENTS_BYTES)
        if digest_of(raw) != digest:
            raise Unauthenticated("The arguments are not those that were signed")
        try:
            arguments = served.method.unpack(raw)
        except msgspec.DecodeError as error:
            raise Malformed(f"The arguments of {exchange.path} cannot be read: {error}") from error
        return served, arguments | ({served.method.body: exchange.chunks()} if is_upload else {})


async def _stream(exchange: Exchange, served: _Served, arguments: dict[str, Any], seconds: float | None) -> None:
    last, content = Frame.END, b""
    async with exchange.streaming():
        try:
            async with exchange.bounded(seconds), aclosing(served.call(**arguments)) as items:
                await _send_items(exchange, served.method, items)
        except CallerGone:
            return
        except Exception as error:  # noqa: BLE001  (the request rim)
            last, content = Frame.FAILED, pack_error(_failure(error, exchange.path))
    await exchange.frame(last, content)


async def _send_items(exchange: Exchange, method: Method, items: AsyncIterator[Any]) -> None:
    async for item in items:
        content = method.pack_result(item)
        if len(content) > ITEM_BYTES:
            raise TooLarge(f"An item of {method.path} has more than {ITEM_BYTES} bytes")
        await exchange.frame(Frame.ITEM, content)


def _in_header(exchange: Exchange) -> bytes:
    try:
        return base64.b64decode(exchange.header(ARGUMENTS_HEADER), validate=True)
    except binascii.Error as error:
        raise Malformed("The arguments cannot be read") from error


def _failure(error: Exception, path: str) -> ThakurError:
    if isinstance(error, ThakurError):
        return error
    report = secrets.token_hex(6)
    log.error("call failed", exc_info=error, extra={"path": path, "report": report})
    return PeerFailed(
        "Something in Thakur went wrong on the other side of a call; what runs is untouched",
        hint=f"The other side's log says more beside the id {report}.",
    )


async def _live(receive: Receive, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
