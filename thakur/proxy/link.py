"""The control connection to one worker: orders go out, answers come back."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, cast

from thakur.proxy.dataplane.wire import VERSION, Decoder, Message, WireBroken, encode


class LinkLost(Exception):
    """The worker is gone, hung up, or speaks another language."""


class Link(asyncio.Protocol):
    """One connection. Every wait ends with LinkLost when it breaks; deadlines are the caller's."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._decoder = Decoder()
        self._awaited: dict[tuple[str, Any], asyncio.Future[Message]] = {}
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, address: str, key: str) -> "Link":
        """Connect and prove who asks."""
        try:
            _, link = await asyncio.get_running_loop().create_unix_connection(cls, address)
        except OSError as error:
            raise LinkLost(str(error)) from error
        try:
            await link.greet(key)
        except BaseException:
            link.close()
            raise
        return link

    async def greet(self, key: str) -> None:
        """Say who asks, and check that both speak the same language."""
        greeting = await self._ask({"kind": "hello", "key": key}, "hello")
        if greeting.get("version") != VERSION:
            raise LinkLost(f"the worker speaks version {greeting.get('version')}")

    async def install(self, table: Message) -> None:
        """Send a table; return once it is in force."""
        await self._ask(table, "ack", table["version"])

    async def drain(self, pool_id: str) -> int:
        """Return once nothing uses the pool any more: how many uses were cut."""
        answer = await self._ask({"kind": "drain", "pool": pool_id}, "drained", pool_id)
        return int(answer.get("cut", 0))

    def cut(self, pool_id: str, what: str) -> None:
        """Cut the pool's `requests` or `streams`; a worker that is gone has cut them already."""
        with contextlib.suppress(LinkLost):
            self._send({"kind": "cut", "pool": pool_id, "what": what})

    def leave(self) -> None:
        """Ask the worker, if it is there, to finish what it has and exit."""
        with contextlib.suppress(LinkLost):
            self._send({"kind": "leave"})

    async def status(self) -> Message:
        """What the worker is doing."""
        return await self._ask({"kind": "status"}, "status")

    @property
    def is_lost(self) -> bool:
        return self._lost.done()

    def when_lost(self, tell: Callable[[], None]) -> None:
        """Call `tell` when the connection has ended."""
        self._lost.add_done_callback(lambda _: tell())

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            messages = self._decoder.feed(data)
        except WireBroken:
            self.close()
            return
        for message in messages:
            self._answer(message)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (every end is the same)
        awaited, self._awaited = self._awaited, {}
        for answer in awaited.values():
            if not answer.done():
                answer.set_exception(LinkLost("the worker hung up"))
                answer.exception()  # whoever asked may have given up: then nobody is left to read it
        if not self._lost.done():
            self._lost.set_result(None)

    async def _ask(self, message: Message, kind: str, about: Any = None) -> Message:
        key = (kind, about)
        answer = self._awaited.get(key)
        if answer is None:
            self._send(message)
            answer = self._awaited[key] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(answer)

    def _send(self, message: Message) -> None:
        if self._transport is None or self._transport.is_closing() or self._lost.done():
            raise LinkLost("the connection is closed")
        self._transport.write(encode(message))

    def _answer(self, message: Message) -> None:
        about = {"ack": "version", "drained": "pool"}.get(message["kind"])
        answer = self._awaited.pop((message["kind"], message.get(about) if about else None), None)
        if answer is not None and not answer.done():
            answer.set_result(message)
