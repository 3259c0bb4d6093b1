"""What an edge keeps on disk: what it runs, for the next process that takes the edge over."""

import asyncio
import logging
import time
from pathlib import Path

import msgspec

from thakur import durable
from thakur.runtime.homes import Home, homes_directory
from thakur.runtime.interface import Order
from thakur.sandbox import Identity, Sandbox

log = logging.getLogger(__name__)


class ReplicaRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One replica; without an identity while it waits to be started again."""

    number: int
    port: int
    identity: Identity | None = None


class PlacementRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment that this edge runs, and whether visitors are led to it."""

    order: Order
    pool_id: str
    replicas: tuple[ReplicaRecord, ...] = ()
    is_routed: bool = False


class EdgeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `last_pool` counts pools; an edge that lost its file goes on at the clock, far above what it gave out."""

    last_pool: int = msgspec.field(default_factory=lambda: int(time.time()))
    placements: tuple[PlacementRecord, ...] = ()


class StateFile:
    """`edge/state.json`: either the old record or the new one, whenever the power fails."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "edge" / "state.json"
        self._writing = asyncio.Lock()

    def load(self) -> EdgeRecord:
        """The last record. One that cannot be read is set aside, because the replicas' homes tell enough to clean up."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=EdgeRecord)
        except FileNotFoundError:
            return EdgeRecord()
        except msgspec.MsgspecError:
            log.exception("edge state unreadable, set aside")
            self._path.replace(self._path.with_suffix(".unreadable"))
            return EdgeRecord()

    async def save(self, record: EdgeRecord) -> None:
        """Durable when it returns; records reach the disk in the order of the calls."""
        async with self._writing:
            await asyncio.to_thread(self._write, msgspec.json.encode(record))

    def _write(self, content: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.replace(self._path, content)


async def end_recorded(data_dir: Path, sandbox: Sandbox) -> int:
    """End every replica that an earlier edge of this data directory left, and remove its home; returns how many.

    Needs no edge. No edge may be running.
    """
    directory = homes_directory(data_dir)
    homes = [Home(path) for path in sorted(directory.iterdir())] if directory.is_dir() else []
    await asyncio.gather(*(_end(home, sandbox) for home in homes))
    return len(homes)


async def _end(home: Home, sandbox: Sandbox) -> None:
    await sandbox.end(home.path.name)
    await asyncio.to_thread(home.remove)
