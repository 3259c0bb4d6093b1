"""What /proc tells about processes: start times, children, the sockets on which they listen."""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

from thakur.sandbox.interface import Process

LISTEN = "0A"


def started(pid: int) -> int | None:
    """When it started, in clock ticks since boot; None when it is gone, also when only its zombie is left."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in {"Z", "X"} else int(fields[19])


def identify(pid: int) -> Process | None:
    at = started(pid)
    return None if at is None else Process(pid, at)


def is_alive(process: Process) -> bool:
    return started(process.pid) == process.started


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def send(process: Process, number: signal.Signals) -> bool:
    """Signal exactly this process; False when it is gone."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        # Compared after the open: from here on the descriptor cannot come to mean another process.
        if not is_alive(process):
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


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
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    try:
        if is_alive(process):
            await readable(descriptor)
    finally:
        os.close(descriptor)
    _reap(process.pid)


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        # A kernel without CONFIG_PROC_CHILDREN.
        return [other for other in _pids() if (fields := _stat(other)) and int(fields[1]) == pid]
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


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208  (names, not paths)


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's own name and may hold spaces and brackets.
    return text.rpartition(")")[2].split()


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
