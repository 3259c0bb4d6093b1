"""Who may start and stop the servers: two file locks that processes of one data directory share."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thakur.stores.interface import StoreFailed
from thakur.stores.waiting import wait_until

# Longer than the slowest boot or stop that another process can be in the middle of.
BOOT_LOCK_SECONDS = 150


class Users:
    """The processes that use the servers, each with a shared lock that the kernel drops when it dies."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def join(self) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Only under the boot lock: turning a shared lock into an exclusive one is not atomic."""
        return _try_exclusive(self._fd)

    def leave(self) -> None:
        os.close(self._fd)


@contextmanager
def booting(path: Path) -> Iterator[None]:
    """Hold the boot lock: one process at a time starts or stops servers.

    It is a second file, because a process that waited for the users' lock would wait for itself.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not wait_until(lambda: _try_exclusive(fd), BOOT_LOCK_SECONDS):
            raise StoreFailed(
                f"Another process has been starting or stopping the stores for {BOOT_LOCK_SECONDS} s",
                hint=f"It holds {path}.",
            )
        yield
    finally:
        os.close(fd)


def _try_exclusive(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
