"""What an edge keeps on disk: what it runs, for the next process that takes the edge over."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from thakur import durable
from thakur.background import to_end
from thakur.runtime.edge.replicas.homes import Home, all_homes
from thakur.runtime.edge.starting.start import Start
from thakur.runtime.interface import Order
from thakur.sandbox import Identity, Sandbox
from thakur.security import Sealer, SecretUnreadable, load_or_create_ring

log = logging.getLogger(__name__)


class ReplicaRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One replica; without an identity while it waits to be started again."""

    number: int
    port: int
    identity: Identity | None = None


class PlacementRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment that this edge runs, and whether visitors are led to it. On disk its env vars are `sealed_env`.

    `directory` is what the proxy serves of a static one. One that `is_retiring` has only the visitors that it had.
    """

    order: Order
    pool_id: str
    artifact: str = ""
    sealed_env: bytes | None = None
    directory: str | None = None
    start: Start = Start()
    replicas: tuple[ReplicaRecord, ...] = ()
    displaced: int | None = None
    is_routed: bool = False
    is_retiring: bool = False


class EdgeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `last_pool` counts pools; an edge that lost its file goes on at the clock, far above what it gave out.

    `starts` are those that brought projects up, by project id, where their own command alone does not.
    """

    last_pool: int = msgspec.field(default_factory=lambda: int(time.time()))
    starts: dict[int, Start] = {}
    placements: tuple[PlacementRecord, ...] = ()


class StateFile:
    """`edge/state.json`: either the old record or the new one, whenever the power fails.

    Env vars in it are sealed with this edge's own key, which the first one to need it makes.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "edge" / "state.json"
        self._key_path = data_dir / "keys" / "edge.key"
        self._writing = asyncio.Lock()

    def load(self) -> EdgeRecord:
        """The last record. One that cannot be read is set aside, because the replicas' homes tell enough to clean up."""
        try:
            return self._each(msgspec.json.decode(self._path.read_bytes(), type=EdgeRecord), _opened)
        except FileNotFoundError:
            return EdgeRecord()
        except (msgspec.MsgspecError, SecretUnreadable):
            log.exception("edge state unreadable, set aside")
            self._path.replace(self._path.with_suffix(".unreadable"))
            return EdgeRecord()

    async def save(self, record: EdgeRecord) -> None:
        """Durable when it returns; records reach the disk in the order of the calls."""
        async with self._writing:
            await to_end(lambda: self._write(record))

    def _write(self, record: EdgeRecord) -> None:
        content = msgspec.json.encode(self._each(record, _sealed))
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.replace(self._path, content)

    def _each(self, record: EdgeRecord, change: Callable[[PlacementRecord, Sealer], PlacementRecord]) -> EdgeRecord:
        if not record.placements:
            return record
        self._key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sealer = Sealer(load_or_create_ring(self._key_path), "edge state")
        placements = tuple(change(placement, sealer) for placement in record.placements)
        return msgspec.structs.replace(record, placements=placements)


def _sealed(placement: PlacementRecord, sealer: Sealer) -> PlacementRecord:
    sealed_env = sealer.seal(msgspec.json.encode(placement.order.env), _context(placement))
    order = msgspec.structs.replace(placement.order, env={})
    return msgspec.structs.replace(placement, order=order, sealed_env=sealed_env)


def _opened(placement: PlacementRecord, sealer: Sealer) -> PlacementRecord:
    if placement.sealed_env is None:
        return placement
    env = msgspec.json.decode(sealer.open(placement.sealed_env, _context(placement)), type=dict[str, str])
    order = msgspec.structs.replace(placement.order, env=env)
    return msgspec.structs.replace(placement, order=order, sealed_env=None)


def _context(placement: PlacementRecord) -> tuple[str, ...]:
    return (str(placement.order.deployment_id), placement.pool_id)


async def end_recorded(data_dir: Path, sandbox: Sandbox) -> int:
    """End every replica that an earlier edge of this data directory left, and remove its home; returns how many.

    Needs no edge. No edge may be running.
    """
    homes = all_homes(data_dir)
    await asyncio.gather(*(end_home(home, sandbox) for home in homes))
    return len(homes)


async def end_home(home: Home, sandbox: Sandbox) -> None:
    """End whoever lives there, and remove it."""
    await sandbox.end(home.path.name)
    await asyncio.to_thread(home.remove)
