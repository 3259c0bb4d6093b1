"""Framework caches: a build is lent copies, and what it made of them takes the place of the kept ones when it has succeeded."""

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from thakur.builds.caches.trees import copy_tree, directory_below, make_way, size_of
from thakur.builds.workspaces.disk import remove_tree

# More is not worth its copying.
LARGEST_BYTES = 1024**3

log = logging.getLogger(__name__)


def lend(kept: Path, workspace: Path, place: str, uid: int | None) -> bool:
    """Copy what is kept into its place in the workspace, in which nothing runs; whether it is there now."""
    target = None
    try:
        if not kept.is_dir():
            return False
        if directory_below(workspace, place) is not None:
            remove_tree(workspace / place)
        target = make_way(workspace, place, uid)
        if target is None:
            return False
        copy_tree(kept, target, uid)
    except OSError:
        log.info("framework cache was not lent", extra={"directory": str(kept)}, exc_info=True)
        if target is not None:
            remove_tree(target)
        return False
    return True


def take(workspace: Path, place: str, aside: Path) -> bool:
    """Move the cache out of the workspace, in which nothing runs any more; whether there was one."""
    found = directory_below(workspace, place)
    if found is None:
        return False
    try:
        found.chmod(0o755)
        found.rename(aside)
    except OSError:
        log.info("framework cache was not taken", extra={"directory": str(found)}, exc_info=True)
        return False
    return True


def keep(aside: Path, kept: Path) -> None:
    """Put what was taken in place of what is kept, unless it is too large or somebody has cleared the shelf meanwhile."""
    try:
        is_small = size_of(aside) <= LARGEST_BYTES
        remove_tree(kept)
        if is_small:
            os.utime(aside)
            aside.rename(kept)
    except OSError:
        log.info("framework cache was not kept", extra={"directory": str(kept)}, exc_info=True)


def drop_others(frameworks: Path, wanted: Iterable[Path]) -> None:
    """Remove what earlier frameworks of the project left."""
    mine = set(wanted)
    for path in _there(frameworks):
        if path not in mine:
            remove_tree(path)


def sizes(frameworks: Path) -> list[tuple[Path, int]]:
    """Each cache that is kept with its bytes, those first that lie longest."""
    return [(path, size_of(path)) for path in sorted(_there(frameworks), key=lambda path: path.lstat().st_mtime)]


def _there(frameworks: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return list(frameworks.iterdir())
    return []
