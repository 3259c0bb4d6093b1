"""One process, known by pid, start time and boot, so that a number used again is never mistaken for it."""

import asyncio
import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Sequence

import msgspec

from thakur import pids

KILLED_SECONDS = 5.0


class ProcessId(msgspec.Struct, frozen=True):
    """A process for ever: `started` is its start time in clock ticks since the boot that `boot` names."""

    pid: int
    started: int
    boot: str


class Process:
    """A process of ours, or one that an earlier process of ours left behind. Waits and signals go through its pidfd."""

    def __init__(self, identity: ProcessId, pidfd: int, child: subprocess.Popen[bytes] | None = None) -> None:
        self.identity = identity
        self._pidfd = pidfd
        self._child = child
        self._end: asyncio.Future[None] | None = None

    @classmethod
    def start(cls, argv: Sequence[str], fds: Sequence[int], log: int) -> "Process":
        """Run a program in a session of its own, with nothing of ours but these fds."""
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=tuple(fds),
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        # It cannot have been reaped yet, so both reads are of the right process even when it has ended already.
        pidfd = os.pidfd_open(child.pid)
        return cls(ProcessId(child.pid, pids.started(child.pid) or 0, pids.boot_id()), pidfd, child)

    @classmethod
    def find(cls, identity: ProcessId) -> "Process | None":
        """The process that was recorded, if it still runs."""
        if identity.boot != pids.boot_id():
            return None
        pidfd = pids.open_pidfd(pids.Process(identity.pid, identity.started))
        return None if pidfd is None else cls(identity, pidfd)

    @property
    def is_running(self) -> bool:
        if self._pidfd < 0:
            return False
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(0)

    async def ended(self) -> None:
        """Return once it has ended; it is reaped and forgotten then."""
        if self._pidfd < 0:
            return
        if self._end is None:
            self._end = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().add_reader(self._pidfd, self._has_ended)
        await asyncio.shield(self._end)

    def send(self, number: signal.Signals) -> None:
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    async def end(self, within_seconds: float) -> None:
        """SIGTERM, and SIGKILL when it still runs after `within_seconds`."""
        self.send(signal.SIGTERM)
        if not await self.ended_within(within_seconds):
            self.send(signal.SIGKILL)
            await self.ended_within(KILLED_SECONDS)

    async def ended_within(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        try:
            async with asyncio.timeout(seconds):
                await self.ended()
        except TimeoutError:
            return False
        return True

    def forget(self) -> None:
        """Let go of it and leave it running."""
        if self._pidfd < 0:
            return
        if self._end is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            self._end.cancel()
        if self._child is not None:
            # Popen warns about a child that nobody waited for; this one is meant to live on.
            self._child.returncode = 0
        os.close(self._pidfd)
        self._pidfd = -1

    def _has_ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        if self._child is not None:
            self._child.poll()
        os.close(self._pidfd)
        self._pidfd = -1
        if self._end is not None and not self._end.done():
            self._end.set_result(None)
