"""Workspaces: the directories in which builds run, and the project's caches beside them."""

from pathlib import Path

from thakur.builds.caches.loans import Loan
from thakur.builds.caches.shelf import Shelf
from thakur.builds.workspaces.disk import finish_removals, remove_tree

_CACHE = "cache"
# Of a build of foreign code: it is lent nothing of the project's, and what it leaves goes with it, also after a crash.
_FOREIGN = "-foreign"


class Workspaces:
    """Directories at `directory/<project id>/<build id>-<attempt>`, and the project's `cache` beside them.

    Hard links do not cross mounts, and a sandbox mounts the workspace alone: so packages lie in it while a build runs.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def prepare(self, project_id: int, build_id: int, attempt: int, *, is_foreign: bool = False) -> Path:
        """The path of a workspace that does not exist yet; its parent is closed to everyone else."""
        parent = self._directory / str(project_id)
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        workspace = parent / f"{build_id}-{attempt}{_FOREIGN if is_foreign else ''}"
        remove_tree(workspace)
        return workspace

    def loan(self, workspace: Path, uid: int | None) -> Loan:
        """What a build in this workspace may have of its project's caches."""
        if workspace.name.endswith(_FOREIGN):
            return Loan(Shelf(_own_shelf(workspace)), workspace, uid)
        return Loan(self.shelf(int(workspace.parent.name)), workspace, uid)

    def shelf(self, project_id: int) -> Shelf:
        """Where the project's caches lie."""
        return Shelf(self._directory / str(project_id) / _CACHE)

    def projects(self) -> list[int]:
        """The ids of the projects that have a workspace or caches here."""
        return [int(path.name) for path in self._directory.glob("*") if path.name.isdecimal()]

    def remove(self, workspace: Path) -> None:
        """Remove what is left of a workspace, if anything is."""
        remove_tree(workspace)
        remove_tree(_own_shelf(workspace))

    def recover(self) -> None:
        """Remove workspaces that a crash left behind, and keep their packages. Only while no build runs."""
        finish_removals(self._directory)
        for parent in self._directory.glob("*"):
            shelf = Shelf(parent / _CACHE)
            for left in sorted(parent.iterdir()):
                if _FOREIGN in left.name:
                    remove_tree(left)
                elif left.name != _CACHE:
                    Loan(shelf, left, None).leave()
                    remove_tree(left)
            shelf.finish_removals()

    def is_used(self, project_id: int) -> bool:
        """Whether a build of the project has a workspace."""
        parent = self._directory / str(project_id)
        return parent.is_dir() and any(path.name != _CACHE for path in parent.iterdir())

    def remove_project(self, project_id: int) -> None:
        """Remove everything of the project. May be called twice."""
        remove_tree(self._directory / str(project_id))


def _own_shelf(workspace: Path) -> Path:
    return workspace.with_name(f"{workspace.name}.cache")
