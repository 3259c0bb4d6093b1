"""Processes of this host that cannot be mistaken for later ones with the same pid."""

import contextlib
import os
import signal
from pathlib import Path

import msgspec

_ENDED = frozenset({"Z", "X"})


class Process(msgspec.Struct, frozen=True):
    """A process for as long as this boot lasts: `started` is its start time in clock ticks since then."""

    pid: int
    started: int


def identify(pid: int) -> Process | None:
    """Whoever has that pid now; None when it is gone."""
    at = started(pid)
    return None if at is None else Process(pid, at)


def is_alive(process: Process) -> bool:
    """Whether it runs: no zombie, no stranger with the same pid."""
    return started(process.pid) == process.started


def started(pid: int) -> int | None:
    """When it started, in clock ticks since boot; None when it is gone, also when only its zombie is left."""
    fields = stat_fields(pid)
    return None if fields is None or fields[0] in _ENDED else int(fields[19])


def stat_fields(pid: int) -> list[str] | None:
    """/proc/<pid>/stat from its third field on; None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's own name and may hold spaces and brackets.
    return text.rpartition(")")[2].split()


def boot_id() -> str:
    """This boot's name: no process of another one lives."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def open_pidfd(process: Process) -> int | None:
    """A descriptor of exactly this process, for the caller to close; None when it is gone."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return None
    # Compared after the open: from here on the descriptor cannot come to mean another process.
    if is_alive(process):
        return descriptor
    os.close(descriptor)
    return None


def send(process: Process, number: signal.Signals) -> bool:
    """Signal exactly this process; False when it is gone."""
    descriptor = open_pidfd(process)
    if descriptor is None:
        return False
    try:
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def reap(process: Process) -> None:
    """Let its zombie go, if it is a child of ours."""
    fields = stat_fields(process.pid)
    if fields is not None and int(fields[19]) == process.started:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
