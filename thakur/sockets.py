"""Unix sockets by a path that fits: an address holds 107 bytes, whatever the directory's own path is."""

import contextlib
import os
import socket
from pathlib import Path

# sun_path holds 108 bytes with its final zero.
LONGEST_PATH_BYTES = 107
BACKLOG = 128


class SocketDirectory:
    """A directory of sockets; `path` is its own where that is short enough for `longest_name`, else one by descriptor.

    The one by descriptor is for this process only.
    """

    def __init__(self, path: Path, longest_name: str) -> None:
        self._fd = -1
        self.path = path
        if len(os.fsencode(path / longest_name)) > LONGEST_PATH_BYTES:
            self._fd = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            self.path = Path(f"/proc/self/fd/{self._fd}")

    def address(self, name: str) -> str:
        """What to bind or connect to."""
        return str(self.path / name)

    def listen(self, name: str) -> socket.socket:
        """A listening socket at `name`, in place of one that an earlier process left behind."""
        self.remove(name)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.address(name))
        listener.listen(BACKLOG)
        return listener

    def remove(self, name: str) -> None:
        """Take a socket's name away. May be called twice."""
        with contextlib.suppress(FileNotFoundError):
            (self.path / name).unlink()

    def close(self) -> None:
        """Give the short path back; what it named can no longer be reached. May be called twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
