"""Unix sockets in one private directory, however long its path is: they are named through the directory's fd."""

import contextlib
import os
import socket
from pathlib import Path

BACKLOG = 128


class SocketDirectory:
    """A 0700 directory that sockets are bound in and connected to. A socket's address holds only 107 bytes."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        self.path = path
        self._fd = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)

    def listen(self, name: str) -> socket.socket:
        """A listening socket at `name`, in place of one that an earlier process left behind."""
        self.remove(name)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.address(name))
        listener.listen(BACKLOG)
        return listener

    def address(self, name: str) -> str:
        """What to connect to, for this process only."""
        return f"/proc/self/fd/{self._fd}/{name}"

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.path / name).unlink()

    def close(self) -> None:
        os.close(self._fd)
