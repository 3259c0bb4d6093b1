"""The disk: how much is free, and removal of what a tenant left there."""

import contextlib
import ctypes
import os
import shutil
import tempfile
from pathlib import Path

from thakur.builds.interface import DiskNearlyFull

# Names are strings here: a tree has up to 200,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH101, PTH104, PTH106, PTH108, PTH112, PTH114, PTH118, PTH208

LOWEST_FREE_SHARE = 0.05
LOWEST_FREE_BYTES = 1024**3
_GRAVEYARD = ".removing-"


def check_free(directory: Path) -> None:
    """Raise DiskNearlyFull when less than 5 % or 1 GB of the disk under `directory` is free."""
    if not is_nearly_full(directory):
        return
    raise DiskNearlyFull(
        f"Only {shutil.disk_usage(directory).free / 1024**3:.1f} GB of the disk are free, so no build is accepted. "
        "What runs goes on as it is.",
        hint=f"Free space on the disk that holds {directory}, or delete projects that are no longer needed.",
    )


def is_nearly_full(directory: Path) -> bool:
    """Whether less than 5 % or 1 GB of the disk under `directory` is free."""
    usage = shutil.disk_usage(directory)
    return usage.free < LOWEST_FREE_BYTES or usage.free < usage.total * LOWEST_FREE_SHARE


def remove_tree(directory: Path) -> None:
    """Remove a directory that a tenant has written, if it is there; no link is followed, no depth is too deep."""
    try:
        graveyard = tempfile.mkdtemp(prefix=_GRAVEYARD, dir=directory.parent)
    except FileNotFoundError:
        return
    with contextlib.suppress(FileNotFoundError):
        os.rename(directory, os.path.join(graveyard, "0"))
    _empty(graveyard)
    os.rmdir(graveyard)


def finish_removals(directory: Path) -> None:
    """Remove what a crash left of removals in `directory`."""
    for graveyard in directory.glob(f"{_GRAVEYARD}*"):
        remove_tree(graveyard)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, also where the system takes them in parts."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_file_system(directory: Path) -> None:
    """Make everything that was written near `directory` survive a power cut: one call for any number of files."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), "syncfs", str(directory))
    finally:
        os.close(descriptor)


def _empty(graveyard: str) -> None:
    # Each directory's own directories are moved up beside it first, so no path grows with the depth of the tree.
    moved = 0
    while names := os.listdir(graveyard):
        for name in names:
            grave = os.path.join(graveyard, name)
            if not os.path.isdir(grave) or os.path.islink(grave):
                os.unlink(grave)
                continue
            os.chmod(grave, 0o700)
            with os.scandir(grave) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        moved += 1
                        # A directory's new parent is written into it, which asks for the right to write there.
                        os.chmod(entry.path, 0o700)
                        os.rename(entry.path, os.path.join(graveyard, f"{moved}"))
                    else:
                        os.unlink(entry.path)
            os.rmdir(grave)
