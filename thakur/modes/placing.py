"""The edge of this host in a process: the proxy, its replicas, and who is asked what they should be."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from thakur import durable
from thakur.background import Tasks
from thakur.builds import ArtifactStore
from thakur.errors import Unavailable
from thakur.logs import LogSink
from thakur.modes.ending import Ending, Word
from thakur.modes.listener import Listener
from thakur.runtime import Assignments
from thakur.settings import Settings
from thakur.wiring import crossing
from thakur.wiring.placing import Placing, wire_placing

DRAIN_SECONDS = 30.0
JOIN_SECONDS = 1.0

log = logging.getLogger(__name__)


@asynccontextmanager
async def placing(
    settings: Settings,
    word: Word,
    edge_id: int,
    assignments: Assignments,
    sink: LogSink,
    artifacts: ArtifactStore,
) -> AsyncIterator[Placing]:
    """Run the edge for the length of the block; what ends with it, the word says."""
    parts = wire_placing(settings, edge_id, assignments, sink, artifacts)
    try:
        await parts.proxy.start(*parts.edge.inherit())
        await parts.edge.start()
        yield parts
    finally:
        if word.ending is Ending.EVERYTHING:
            await parts.edge.stop(DRAIN_SECONDS)
            await parts.proxy.stop(DRAIN_SECONDS)
        else:
            await parts.edge.leave()
            await parts.proxy.release()


@asynccontextmanager
async def placing_apart(settings: Settings, word: Word) -> AsyncIterator[Placing]:
    """Run the edge in a process without the api: it asks over the seam, and takes orders on a socket of its own."""
    peer = crossing.api_peer(settings.data_dir)
    tasks = Tasks()
    try:
        assignments, sink, artifacts = crossing.remote_api(peer)
        edge_id = await _edge_id(settings.data_dir / "edge" / "id", assignments)
        async with placing(settings, word, edge_id, assignments, sink, artifacts) as parts:
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


async def _edge_id(path: Path, assignments: Assignments) -> int:
    # Asked for once in an edge's life; afterwards it starts with nobody to ask.
    if path.exists():
        return int(path.read_text())
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
