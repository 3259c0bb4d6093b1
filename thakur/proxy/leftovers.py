"""The workers that an earlier start left running: those of its record, and those that no record names."""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path

from thakur import pids
from thakur.proxy import record
from thakur.proxy.launch import log_number
from thakur.proxy.process import Process, ProcessId
from thakur.proxy.record import Worker

ENDED_SECONDS = 5.0
# A worker that nobody wrote down may be of any version.
UNKNOWN = 0


def running(directory: Path) -> list[tuple[Worker, Process]]:
    """Each with its process, whose descriptor is the caller's to close.

    A start that dies between the birth of a worker and its record, or a record that cannot be read, hides no worker: each
    writes into a log of this directory, which nobody else can open.
    """
    recorded = record.load(directory)
    workers = list(recorded.workers) if recorded else []
    known = {worker.process for worker in workers}
    workers += [stray for stray in _strays(directory) if stray.process not in known]
    return [(worker, process) for worker in workers if (process := Process.find(worker.process))]


async def end_left(directory: Path, within_seconds: float = ENDED_SECONDS) -> int:
    """End them and forget them; returns how many there were. No start may be under way."""
    if not directory.is_dir():
        return 0
    found = running(directory)
    await asyncio.gather(*(process.end(within_seconds) for _, process in found))
    for path in directory.glob("*.sock"):
        path.unlink(missing_ok=True)
    record.forget(directory)
    return len(found)


def _strays(directory: Path) -> Iterator[Worker]:
    home = os.path.realpath(directory)
    for name in os.listdir("/proc"):  # noqa: PTH208  (names, not paths)
        if not name.isdigit():
            continue
        at, _, log = _link(name, "1").rpartition("/")
        number = log_number(log)
        if at != home or number is None or (started := pids.started(int(name))) is None:
            continue
        sockets = _named_sockets(name)
        yield Worker(
            process=ProcessId(int(name), started, pids.boot_id()),
            number=number,
            control=next((each for each in sockets if each.startswith("control-")), ""),
            door=next((each for each in sockets if each.startswith("door-")), ""),
            release="",
            speaks=UNKNOWN,
        )


def _named_sockets(pid: str) -> list[str]:
    """The names at which a process has unix sockets, without their directories."""
    held = {found[1] for each in _descriptors(pid) if (found := re.fullmatch(r"socket:\[(\d+)\]", _link(pid, each)))}
    rows = [line.split(maxsplit=7) for line in Path("/proc/net/unix").read_text(errors="replace").splitlines()[1:]]
    return [row[7].rpartition("/")[2] for row in rows if len(row) == 8 and row[6] in held]


def _descriptors(pid: str) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208  (names, not paths)
    except OSError:
        return []


def _link(pid: str, descriptor: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/fd/{descriptor}")  # noqa: PTH115  (no path)
    except OSError:
        return ""
