"""The edge of this host in a process: the proxy, its replicas, and who is asked what they should be."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from thakur import durable
from thakur.background import Tasks
from thakur.builds import ArtifactStore
from thakur.errors import Unavailable
from thakur.logs import LogSink
from thakur.modes.dashboard import own_routes
from thakur.modes.ending import Ending, Word
from thakur.modes.listener import Listener
from thakur.runtime import Assignments, Edge
from thakur.settings import Settings
from thakur.wiring import crossing
from thakur.wiring.placing import Placing, wire_placing

if TYPE_CHECKING:
    from thakur.wiring.core import Core

# Below the edge's own directory.
ID = "id"
DRAIN_SECONDS = 30.0
JOIN_SECONDS = 1.0

log = logging.getLogger(__name__)


@asynccontextmanager
async def placing_here(
    core: "Core", word: Word, rows: AbstractAsyncContextManager[None]
) -> AsyncIterator[Mapping[int, Edge]]:
    """Run the edge in the api's own process, with the tables that `rows` has ready.

    An edge that has its number already serves before the database is asked: after a reboot that may be away.
    """
    path = core.settings.data_dir / "edge" / ID
    known = _known(path)
    async with AsyncExitStack() as started:
        if known is None:
            await started.enter_async_context(rows)
            known = await _join_here(core, path)
            parts = await started.enter_async_context(_placing_of(core, word, known))
        else:
            parts = await started.enter_async_context(_placing_of(core, word, known))
            await started.enter_async_context(rows)
        # A database that was restored may know this edge by another number.
        edge_id = await _join_here(core, path)
        await parts.edge.converge()
        yield {edge_id: parts.edge}


@asynccontextmanager
async def placing_apart(settings: Settings, word: Word) -> AsyncIterator[Placing]:
    """Run the edge in a process without the api: it asks over the seam, and takes orders on a socket of its own."""
    peer = crossing.api_peer(settings.data_dir)
    tasks = Tasks()
    try:
        assignments, sink, artifacts = crossing.remote_api(peer)
        edge_id = await _edge_id(settings.data_dir / "edge" / ID, assignments)
        async with _placing(settings, word, edge_id, assignments, sink, artifacts) as parts:
            await parts.edge.converge()
            app = crossing.edge_app(settings.data_dir, parts.edge)
            listener = Listener(app, crossing.edge_socket(settings.data_dir), tasks)
            await listener.start()
            try:
                yield parts
            finally:
                await listener.stop()
    finally:
        await tasks.stop()
        await peer.close()


async def _join_here(core: "Core", path: Path) -> int:
    edge_id = await core.runtime.join_here()
    if edge_id != _known(path):
        durable.replace(path, f"{edge_id}\n".encode())
    return edge_id


def _placing_of(core: "Core", word: Word, edge_id: int) -> AbstractAsyncContextManager[Placing]:
    return _placing(core.settings, word, edge_id, core.runtime, core.logs, core.artifacts)


@asynccontextmanager
async def _placing(
    settings: Settings,
    word: Word,
    edge_id: int,
    assignments: Assignments,
    sink: LogSink,
    artifacts: ArtifactStore,
) -> AsyncIterator[Placing]:
    parts = wire_placing(settings, edge_id, assignments, sink, artifacts)
    try:
        pools, routes = parts.edge.inherit()
        own_pools, own = own_routes(settings)
        await parts.proxy.start([*pools, *own_pools], [*routes, *own])
        await parts.edge.start()
        yield parts
    except BaseException:
        # The start failed, here or further on. Without applications nobody would miss what it leaves, nor know of it.
        await _end(parts, is_all=word.ending is Ending.EVERYTHING or not parts.edge.held())
        raise
    else:
        await _end(parts, is_all=word.ending is Ending.EVERYTHING)


async def _end(parts: Placing, *, is_all: bool) -> None:
    if is_all:
        await parts.edge.stop(DRAIN_SECONDS)
        await parts.proxy.stop(DRAIN_SECONDS)
    else:
        await parts.edge.leave()
        await parts.proxy.release()


async def _edge_id(path: Path, assignments: Assignments) -> int:
    # Asked for once in an edge's life; afterwards it starts with nobody to ask.
    if (known := _known(path)) is not None:
        return known
    waiting = False
    while True:
        try:
            edge_id = await assignments.join(socket.gethostname())
        except Unavailable as error:
            if not waiting:
                log.info("waiting for the api", extra={"reason": error.message})
            waiting = True
            await asyncio.sleep(JOIN_SECONDS)
        else:
            durable.replace(path, f"{edge_id}\n".encode())
            return edge_id


def _known(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except FileNotFoundError:
        return None
