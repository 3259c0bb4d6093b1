"""What the supervisor started, on disk: so that the next start can end it, or take it over."""

import contextlib
import secrets
from pathlib import Path

import msgspec

from thakur import durable
from thakur.proxy.process import ProcessId

RECORD = "workers.json"
KEY = "key"


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """One proxy worker: the process, its place's number, and the names of its two sockets in the record's directory.

    `release` says which program it is, `speaks` which version of the wire.
    """

    process: ProcessId
    number: int
    control: str
    door: str
    release: str
    speaks: int
    is_leaving: bool = False


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """All proxy workers of one data directory and the address on which they listen."""

    listens_on: str
    workers: tuple[Worker, ...]


def save(directory: Path, record: Record) -> None:
    """Put the record in the old one's place, in one step."""
    durable.replace(directory / RECORD, msgspec.json.encode(record))


def load(directory: Path) -> Record | None:
    """The last record, or None when there is none that can be read."""
    try:
        return msgspec.json.decode((directory / RECORD).read_bytes(), type=Record)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def forget(directory: Path) -> None:
    """There are no workers any more."""
    with contextlib.suppress(FileNotFoundError):
        (directory / RECORD).unlink()


def key_of(directory: Path) -> str:
    """What a control connection must say first; made once for each data directory."""
    path = directory / KEY
    if not path.exists():
        durable.create(path, secrets.token_hex(32).encode())
    return path.read_text()
