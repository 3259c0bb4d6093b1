"""Workspaces: the directories in which builds run, with the project's cache inside for hard links."""

import os
import stat
from pathlib import Path

from thakur.builds.disk import finish_removals, remove_tree
from thakur.builds.sources.unpack import CACHE_NAME

_CACHE = "cache"


class Workspaces:
    """Directories at `directory/<project id>/<build id>-<attempt>`, and the project's `cache` beside them.

    Hard links do not cross mounts, and a sandbox mounts the workspace alone: so the cache lies in it while a build runs.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def prepare(self, project_id: int, build_id: int, attempt: int) -> Path:
        """The path of a workspace that does not exist yet; its parent is closed to everyone else."""
        parent = self._directory / str(project_id)
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        workspace = parent / f"{build_id}-{attempt}"
        remove_tree(workspace)
        return workspace

    def lend_cache(self, workspace: Path, uid: int | None) -> None:
        """Move the project's cache into the workspace. A build beside this one may have it: then it starts empty."""
        place = workspace / CACHE_NAME
        try:
            (workspace.parent / _CACHE).rename(place)
        except FileNotFoundError:
            place.mkdir(mode=0o755)
            ignore = place / ".gitignore"
            ignore.write_text("*\n")
            if uid is not None:
                os.chown(place, uid, uid)
                os.chown(ignore, uid, uid)

    def take_cache_back(self, workspace: Path) -> None:
        """Move the cache out again, unless the build has put something else in its place."""
        place = workspace / CACHE_NAME
        cache = workspace.parent / _CACHE
        try:
            # Who is not root moves a directory only if it may write there, and the build may have closed both.
            workspace.chmod(0o755)
            is_directory = stat.S_ISDIR(place.lstat().st_mode)
        except FileNotFoundError:
            return
        if is_directory and not cache.exists():
            place.chmod(0o755)
            place.rename(cache)
        else:
            remove_tree(place)

    def remove(self, workspace: Path) -> None:
        """Remove what is left of a workspace, if anything is."""
        remove_tree(workspace)

    def recover(self) -> None:
        """Remove workspaces that a crash left behind, and keep their caches. Only while no build runs."""
        finish_removals(self._directory)
        for parent in self._directory.glob("*"):
            for workspace in parent.iterdir():
                if workspace.name != _CACHE:
                    self.take_cache_back(workspace)
                    remove_tree(workspace)

    def is_used(self, project_id: int) -> bool:
        """Whether a build of the project has a workspace."""
        parent = self._directory / str(project_id)
        return parent.is_dir() and any(path.name != _CACHE for path in parent.iterdir())

    def remove_project(self, project_id: int) -> None:
        """Remove everything of the project. May be called twice."""
        remove_tree(self._directory / str(project_id))
