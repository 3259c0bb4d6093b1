"""Open files of one pool's directory: found beneath it only, kept open while they are asked for."""

import binascii
import errno
import os
import stat

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.static.caching import cache_control
from thakur.proxy.dataplane.static.mime import content_type

_FILES_KEPT = 128
# Of all folders together, so that many sites do not take the descriptors that visitors need. Each may keep one more.
_FILES_KEPT_IN_ALL = 1024
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_BYTES_AT_ONCE = 1024 * 1024
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


class File:
    """One regular file, open; `name` is relative to the pool's directory."""

    __slots__ = ("cache_control", "content_type", "etag", "fd", "is_kept", "name", "size", "users")

    def __init__(self, fd: int, name: str, size: int, etag: bytes) -> None:
        self.fd = fd
        self.name = name
        self.size = size
        self.etag = etag
        self.content_type = content_type(name)
        self.cache_control = cache_control(name)
        self.users = 0
        self.is_kept = True

    def close_if_unused(self) -> None:
        """Give the descriptor back once neither the folder nor an answer wants it."""
        if not self.is_kept and self.users == 0 and self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class Piece:
    """What of an open file is still to be sent. It holds the file open until `close`."""

    __slots__ = ("file", "left", "offset")

    def __init__(self, file: File, offset: int, left: int) -> None:
        self.file = file
        self.offset = offset
        self.left = left
        file.users += 1

    def send_to(self, socket_fd: int) -> bool:
        """Send until the socket is full, and not for too long at once; false when that is impossible for good."""
        at_once = _BYTES_AT_ONCE
        while self.left and at_once > 0:
            try:
                sent = os.sendfile(socket_fd, self.file.fd, self.offset, min(self.left, at_once))
            except BlockingIOError:
                return True
            except OSError:
                return False
            if sent == 0:
                return False
            self.offset += sent
            self.left -= sent
            at_once -= sent
        return True

    def close(self) -> None:
        """Let go of the file."""
        self.file.users -= 1
        self.file.close_if_unused()


class Folder:
    """A directory beneath the static root. Artifacts never change, so what was found once stays true."""

    files_kept = 0

    def __init__(self, fd: int, place: bytes, salt: int) -> None:
        self._fd = fd
        self._place = place
        self._salt = salt
        self._files: dict[str, File | None] = {}

    @classmethod
    def open(cls, root_fd: int, directory: str) -> "Folder | None":
        """The folder, or None when there is none beneath the root."""
        try:
            root = _place(root_fd)
            fd = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=root_fd)
        except (OSError, ValueError):
            return None
        place = _place(fd)
        if not (place + b"/").startswith(root + b"/"):
            os.close(fd)
            return None
        return cls(fd, place, binascii.crc32(directory.encode()))

    def find(self, name: str) -> File | None:
        """The regular file of this name, wherever links lead as long as they stay in the folder. Raises Refused."""
        if name in self._files:
            file = self._files.pop(name)
        else:
            file = self._open(name)
            if file is not None:
                Folder.files_kept += 1
            while self._files and (len(self._files) >= _FILES_KEPT or Folder.files_kept > _FILES_KEPT_IN_ALL):
                self._forget(next(iter(self._files)))
        self._files[name] = file  # at the end: the first is the one not asked for the longest
        return file

    def close(self) -> None:
        """Give everything back that no answer is using."""
        for name in list(self._files):
            self._forget(name)
        os.close(self._fd)

    def _forget(self, name: str) -> None:
        file = self._files.pop(name)
        if file is not None:
            Folder.files_kept -= 1
            file.is_kept = False
            file.close_if_unused()

    def _open(self, name: str) -> File | None:
        try:
            fd = os.open(name, _READ, dir_fd=self._fd)
        except ValueError:
            return None
        except OSError as error:
            if error.errno in _EXHAUSTED:  # it may be there all the same, so it must not be remembered as missing
                raise Refused(faults.FILES_GONE) from error
            return None
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode) or not _place(fd).startswith(self._place + b"/"):
            os.close(fd)
            return None
        return File(fd, name, facts.st_size, _etag(fd, facts, self._salt))


def _etag(fd: int, facts: os.stat_result, salt: int) -> bytes:
    try:
        # Packing notes it, so that what a deployment did not change is not sent again because of it.
        return b'"%b"' % os.getxattr(fd, "user.thakur.sha256")[:16].hex().encode()
    except OSError:
        return b'"%08x-%x-%x"' % (salt, facts.st_mtime_ns, facts.st_size)


def _place(fd: int) -> bytes:
    return os.readlink(b"/proc/self/fd/%d" % fd)  # noqa: PTH115  (pathlib is a large import for the worker)
