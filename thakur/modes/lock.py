"""One process per role and data directory."""

import fcntl
import os
from pathlib import Path

from thakur.errors import Conflict, Forbidden


class RoleTaken(Conflict):
    """Another process holds this role on this data directory."""

    code = "role_taken"


class DirectoryForeign(Forbidden):
    """The data directory is another user's."""

    code = "directory_foreign"


class RoleLock:
    """Held from start to end by the one process of a role; the kernel gives it back when that process dies."""

    def __init__(self, data_dir: Path, role: str) -> None:
        self._path = data_dir / "run" / f"{role}.lock"
        self._role = role
        self._fd = -1

    def take(self) -> None:
        """Raises RoleTaken, naming the process, and DirectoryForeign."""
        fd = self._open(os.O_RDWR | os.O_CREAT)
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
        """The process that holds the role now, if any does. Raises DirectoryForeign."""
        try:
            fd = self._open(os.O_RDONLY)
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

    def _open(self, flags: int) -> int:
        try:
            return os.open(self._path, flags | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise DirectoryForeign(
                f"{self._path.parents[1]} belongs to another user",
                hint="Run this as root or as the user who started Thakur there, or name another directory in THAKUR_DATA_DIR.",
            ) from error
