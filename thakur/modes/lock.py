"""One process per role and data directory."""

import fcntl
import os
from pathlib import Path

from thakur.errors import Conflict


class RoleTaken(Conflict):
    """Another process holds this role on this data directory."""

    code = "role_taken"


class RoleLock:
    """Held from start to end by the one process of a role; the kernel gives it back when that process dies."""

    def __init__(self, data_dir: Path, role: str) -> None:
        self._path = data_dir / "run" / f"{role}.lock"
        self._role = role
        self._fd = -1

    def take(self) -> None:
        """Raises RoleTaken, naming the process."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(fd, 20).decode(errors="replace").strip()
            os.close(fd)
            raise RoleTaken(
                f"Thakur already runs on {self._path.parents[1]} as {self._role}, in process {owner or 'unknown'}",
                hint="Stop it with: thakur stop, or give this one another THAKUR_DATA_DIR.",
            ) from error
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._fd = fd

    def holder(self) -> int | None:
        """The process that holds the role now, if any does."""
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(os.read(fd, 20) or 0) or None
        finally:
            os.close(fd)
        return None

    def give_back(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
