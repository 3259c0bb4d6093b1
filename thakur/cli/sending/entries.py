"""What of a folder is sent: files and links, each readable once, in order."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from thakur.cli.interface import FolderUnreadable

CHUNK_BYTES = 256 * 1024

# What a build makes itself, what is history, and what is nobody else's business.
NEVER_SENT = ("node_modules", ".git", ".env*")


@dataclass(frozen=True)
class Entry:
    """A file, or a link if `target` is set. `name` is relative to the folder; bytes that are no UTF-8 are escaped."""

    name: str
    size_bytes: int
    is_executable: bool
    modified_at: int
    read: Callable[[], Iterator[bytes]]
    target: str | None = None


@dataclass(frozen=True)
class Selection:
    """The entries to send, the commit they are of, and what a person should know about what was chosen."""

    entries: list[Entry]
    notes: tuple[str, ...] = ()
    commit: str | None = None
    message: str | None = None


def is_kept(name: str) -> bool:
    """Whether a file of the working tree may be sent, by the parts of its name."""
    return not any(fnmatchcase(part, pattern) for part in name.split("/") for pattern in NEVER_SENT)


def entry_of(root: Path, name: str) -> Entry | None:
    """The entry of a path as it lies on disk; nothing for what is neither file nor link. Raises FolderUnreadable."""
    path = root / name
    try:
        status = path.lstat()
        target = str(path.readlink()) if stat.S_ISLNK(status.st_mode) else None
    except OSError as error:
        raise unreadable(path, error) from error
    if target is None and not stat.S_ISREG(status.st_mode):
        return None
    return Entry(
        name=name,
        size_bytes=0 if target is not None else status.st_size,
        is_executable=bool(status.st_mode & stat.S_IXUSR),
        modified_at=int(status.st_mtime),
        read=lambda: _chunks(path),
        target=target,
    )


def unreadable(path: Path, error: OSError) -> FolderUnreadable:
    """The refusal for a path that this user cannot read."""
    return FolderUnreadable(
        f"{path} cannot be read: {error.strerror}", hint="Leave it out with .gitignore, or make it readable."
    )


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise unreadable(path, error) from error
