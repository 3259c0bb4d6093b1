"""What /proc tells about processes: their ends, children, command lines."""

import asyncio
import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from thakur.pids import Process, identify, open_pidfd, reap, stat_fields


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


def cpu_seconds(pids: Iterable[int]) -> float:
    """The processor time of those that live: their own, and that of children whose end they have seen."""
    stats = (stat_fields(pid) for pid in pids)
    # utime, stime, cutime, cstime.
    ticks = sum(sum(int(field) for field in fields[11:15]) for fields in stats if fields)
    return ticks / os.sysconf("SC_CLK_TCK")


def titled(title: str) -> list[Process]:
    """The processes whose command line begins with this word."""
    return [process for found, process in _titles(title) if found == title]


def titles(beginning: str) -> frozenset[str]:
    """The first words of command lines that begin so."""
    return frozenset(found for found, _ in _titles(beginning))


def _titles(beginning: str) -> Iterator[tuple[str, Process]]:
    for pid in _pids():
        with contextlib.suppress(OSError):
            title = Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0].decode(errors="replace")
            if title.startswith(beginning) and (process := identify(pid)) is not None:
                yield title, process


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208  (names, not paths)
