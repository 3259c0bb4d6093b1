"""A Protocol with every kind of call, what implements it, and the way to reach any Protocol across a real listener."""

import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server

from support.waiting import eventually
from thakur.builds import BuildFailed, Failure
from thakur.errors import Conflict, Invalid, NotFound, Unavailable
from thakur.runtime import DeploymentRefused
from thakur.seam import Key, Peer, SeamApp, client, deadline, idempotent, mount

KEY = Key("edge", b"k" * 32)
SHORT_SECONDS = 0.3
STOP_SECONDS = 5

ProtocolT = TypeVar("ProtocolT")


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One value of each shape that crosses."""

    text: str = "grüß\nGott"
    data: bytes = b"\x00\xff"
    at: datetime = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    kind: Literal["small", "large"] = "small"
    labels: tuple[str, ...] = ("a", "b")
    env: dict[str, str] = {}
    by_id: dict[int, "Parcel | None"] = {}


class Answered(NamedTuple):
    status: int
    headers: dict[bytes, bytes]
    body: bytes


class ParcelLost(NotFound):
    code = "parcel_lost"


class ParcelDamaged(Conflict):
    """An error with data."""

    code = "parcel_damaged"

    def __init__(self, parcel: Parcel, places: tuple[str, ...] = ()) -> None:
        super().__init__(f"{len(places)} places are damaged", hint="Send it again.")
        self.parcel = parcel
        self.places = places


FAILURE = Failure(code="exited", what="It exited.", why="It said so.", next="Fix it.")
ERRORS = {
    "lost": ParcelLost("There is no such parcel", hint="Look elsewhere.", field="name"),
    "damaged": ParcelDamaged(Parcel(text="egg"), ("top", "side")),
    "refused": DeploymentRefused(FAILURE, ("line 1", "line 2")),
    "build": BuildFailed(FAILURE),
    "invalid": Invalid("No", field="size"),
    "away": Unavailable("The van is away"),
    "bug": ZeroDivisionError("division by zero"),
}


class Courier(Protocol):
    """Every kind of call."""

    @idempotent
    async def swap(self, parcel: Parcel, times: int = 1, *, note: str | None = None) -> list[Parcel]:
        """Give back `times` parcels."""

    async def fail(self, name: str) -> None:
        """Raise the error of that name."""

    @idempotent
    async def fail_once(self, name: str) -> int:
        """Raise the error the first time; returns how often this was called."""

    async def count(self) -> int:
        """Return how often this was called."""

    @idempotent
    async def wait(self) -> None:
        """Wait for ever."""

    @idempotent
    @deadline(SHORT_SECONDS)
    async def hurry(self) -> None:
        """Wait for ever, with a short deadline."""

    @idempotent
    def follow(self, up_to: int, then: str = "") -> AsyncIterator[Parcel]:
        """Parcels, then the error of that name, or wait for ever."""

    def fetch(self, chunks: tuple[bytes, ...]) -> AsyncIterator[bytes]:
        """The same chunks."""

    def flood(self) -> AsyncIterator[bytes]:
        """One megabyte after another."""

    async def send(self, body: AsyncIterator[bytes], *, digest: str) -> int:
        """Take in what has that digest; returns its size."""

    async def refuse(self, name: str, body: AsyncIterator[bytes]) -> None:
        """Raise the error without a look at the body."""


class LocalCourier:
    def __init__(self) -> None:
        self.calls = 0
        self.flooded = 0
        self.waiting = 0
        self.canceled = 0
        self.received_bytes = 0
        self.kept: list[str] = []
        self.cuts: list[Exception] = []

    async def swap(self, parcel: Parcel, times: int = 1, *, note: str | None = None) -> list[Parcel]:
        self.calls += 1
        return [parcel if note is None else msgspec.structs.replace(parcel, text=note)] * times

    async def fail(self, name: str) -> None:
        self.calls += 1
        raise ERRORS[name]

    async def fail_once(self, name: str) -> int:
        self.calls += 1
        if self.calls == 1:
            raise ERRORS[name]
        return self.calls

    async def count(self) -> int:
        self.calls += 1
        return self.calls

    async def wait(self) -> None:
        self.calls += 1
        await self._for_ever()

    async def hurry(self) -> None:
        await self._for_ever()

    async def follow(self, up_to: int, then: str = "") -> AsyncIterator[Parcel]:
        self.calls += 1
        for number in range(up_to):
            yield Parcel(text=str(number))
        if then == "wait":
            await self._for_ever()
        if then:
            raise ERRORS[then]

    async def fetch(self, chunks: tuple[bytes, ...]) -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def flood(self) -> AsyncIterator[bytes]:
        self.waiting += 1
        try:
            while True:
                yield bytes(1_000_000)
                self.flooded += 1
        finally:
            self.canceled += 1

    async def send(self, body: AsyncIterator[bytes], *, digest: str) -> int:
        received = hashlib.sha256()
        self.received_bytes = 0
        try:
            async for chunk in body:
                received.update(chunk)
                self.received_bytes += len(chunk)
        except Exception as error:
            self.cuts.append(error)
            raise
        if received.hexdigest() != digest:
            raise Conflict("That is something else")
        self.kept.append(digest)
        return self.received_bytes

    async def refuse(self, name: str, body: AsyncIterator[bytes]) -> None:
        raise ERRORS[name]

    async def _for_ever(self) -> None:
        self.waiting += 1
        try:
            await asyncio.Event().wait()
        finally:
            # An implementation may take its time to clean up.
            await asyncio.sleep(0)
            self.canceled += 1


@asynccontextmanager
async def serve_seam(app: SeamApp, path: Path) -> AsyncIterator[Path]:
    """Serve the app in this loop, as a role does; the path may be of any length."""
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    short = Path(f"/proc/self/fd/{directory}/{path.name}")
    server = Server(app, uds=short, interface=Interfaces.ASGI, log_enabled=False, websockets=False)
    # Its constructor makes the short path long again.
    server.bind_uds = short
    serving = asyncio.get_running_loop().create_task(server.serve())
    await eventually(lambda: _answers(short))
    try:
        yield path
    finally:
        server.stop()
        await asyncio.wait_for(serving, STOP_SECONDS)
        os.close(directory)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


@asynccontextmanager
async def across(protocol: type[ProtocolT], implementation: ProtocolT, directory: Path) -> AsyncIterator[ProtocolT]:
    """The same Protocol, spoken over a unix socket in `directory`."""
    async with serve_seam(SeamApp(mount(protocol, implementation, KEY)), directory / "seam.sock") as socket:
        peer = Peer(socket, KEY)
        try:
            yield client(protocol, peer)
        finally:
            await peer.close()


@asynccontextmanager
async def reached(
    way: str, protocol: type[ProtocolT], implementation: ProtocolT, directory: Path
) -> AsyncIterator[ProtocolT]:
    """The implementation itself when `way` is local, else across the seam."""
    if way == "local":
        yield implementation
        return
    async with across(protocol, implementation, directory) as remote:
        yield remote


class Wire:
    """ASGI without a server: what one call sends in, and what comes out."""

    def __init__(self, app: SeamApp) -> None:
        self._app = app

    async def post(self, path: str, headers: dict[str, str], body: bytes = b"", method: str = "POST") -> Answered:
        events: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[dict[str, Any]] = []
        is_over = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if events:
                return events.pop(0)
            await is_over.wait()
            return {"type": "http.disconnect"}

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)
            if event["type"] == "http.response.body" and not event.get("more_body"):
                is_over.set()

        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._app({"type": "http", "method": method, "path": path, "headers": raw}, receive, send)
        return Answered(sent[0]["status"], dict(sent[0]["headers"]), b"".join(event["body"] for event in sent[1:]))


@asynccontextmanager
async def answering(path: Path, *answers: bytes) -> AsyncIterator[list[bytes]]:
    """Answer each connection on the unix socket with the next of these bytes, then close it; yields what was asked."""
    left = list(answers)
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(left.pop(0))
        writer.close()

    async with await asyncio.start_unix_server(serve, path):
        yield asked
