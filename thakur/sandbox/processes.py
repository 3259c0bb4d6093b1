"""What /proc tells about processes: their ends, children, command lines, the sockets on which they listen."""

import asyncio
import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from thakur.pids import Process, identify, open_pidfd, reap, stat_fields

LISTEN = "0A"


async def readable(*descriptors: int) -> frozenset[int]:
    """Wait until one of them can be read or has ended; returns those that can."""
    loop = asyncio.get_running_loop()
    first: asyncio.Future[None] = loop.create_future()
    ready: set[int] = set()

    def found(descriptor: int) -> None:
        ready.add(descriptor)
        if not first.done():
            first.set_result(None)

    for descriptor in descriptors:
        loop.add_reader(descriptor, found, descriptor)
    try:
        await first
    finally:
        for descriptor in descriptors:
            loop.remove_reader(descriptor)
    return frozenset(ready)


async def gone(process: Process) -> None:
    """Wait until it has ended, child of ours or not; a child is reaped."""
    descriptor = open_pidfd(process)
    if descriptor is not None:
        try:
            await readable(descriptor)
        finally:
            os.close(descriptor)
    reap(process)


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        # A kernel without CONFIG_PROC_CHILDREN.
        return [other for other in _pids() if (fields := stat_fields(other)) and int(fields[1]) == pid]
    except ProcessLookupError:
        return []


def descendants(pid: int) -> frozenset[int]:
    """Its children and theirs, without itself."""
    found: set[int] = set()
    waiting = children(pid)
    while waiting:
        child = waiting.pop()
        if child not in found:
            found.add(child)
            waiting += children(child)
    return frozenset(found)


def titled(title: str) -> list[Process]:
    """The processes whose command line begins with this word."""
    return [process for found, process in _titles(title) if found == title]


def titles(beginning: str) -> frozenset[str]:
    """The first words of command lines that begin so."""
    return frozenset(found for found, _ in _titles(beginning))


def listening_ports(pids: Iterable[int]) -> frozenset[int]:
    """The TCP ports with a listening socket that one of `pids` holds, in their network namespace."""
    pids = list(pids)
    held = {inode for pid in pids for inode in _sockets(pid)}
    tables = {network: pid for pid in pids if (network := _network(pid))}
    return frozenset(port for pid in tables.values() for port, inode in _listening(pid) if inode in held)


def _titles(beginning: str) -> Iterator[tuple[str, Process]]:
    for pid in _pids():
        with contextlib.suppress(OSError):
            title = Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0].decode(errors="replace")
            if title.startswith(beginning) and (process := identify(pid)) is not None:
                yield title, process


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208  (names, not paths)


def _sockets(pid: int) -> Iterator[str]:
    try:
        names = os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208  (names, not paths)
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError):
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{name}"))  # noqa: PTH115  (no path)
            if found:
                yield found[1]


def _network(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/ns/net")  # noqa: PTH115  (no path)
    except OSError:
        return None


def _listening(pid: int) -> Iterator[tuple[int, str]]:
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == LISTEN:
                yield int(fields[1].rpartition(":")[2], 16), fields[9]
