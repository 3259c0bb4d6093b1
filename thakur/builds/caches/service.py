"""The caches of all projects: how large they are, and their end when somebody or the disk wants it."""

import asyncio
import logging
import threading
from collections.abc import Collection
from pathlib import Path

from thakur.accounts import Action, Principal
from thakur.builds.workspaces.directories import Workspaces
from thakur.builds.workspaces.disk import is_nearly_full
from thakur.projects import Projects

log = logging.getLogger(__name__)


class LocalCaches:
    """Implements Caches on this host's disk."""

    def __init__(self, projects: Projects, workspaces: Workspaces) -> None:
        self._projects = projects
        self._workspaces = workspaces
        self._making_room = threading.Lock()

    async def size_bytes(self, project_ids: Collection[int]) -> dict[int, int]:
        return await asyncio.to_thread(
            lambda: {project_id: self._workspaces.shelf(project_id).size_bytes() for project_id in project_ids}
        )

    async def clear(self, principal: Principal, project_id: int) -> int:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        freed_bytes = await asyncio.to_thread(self._workspaces.shelf(project_id).clear)
        log.info("caches cleared", extra={"project_id": project_id, "freed_bytes": freed_bytes})
        return freed_bytes

    def make_room(self, directory: Path) -> None:
        """While the disk under `directory` is nearly full, remove caches, those first that were used longest ago. Blocking.

        Projects that are just being built keep theirs.
        """
        with self._making_room:
            idle = (
                project_id for project_id in self._workspaces.projects() if not self._workspaces.is_used(project_id)
            )
            shelves = [(self._workspaces.shelf(project_id), project_id) for project_id in idle]
            for shelf, project_id in sorted(shelves, key=lambda pair: pair[0].used_at()):
                if not is_nearly_full(directory):
                    return
                freed_bytes = shelf.clear()
                log.warning(
                    "caches removed, the disk is nearly full",
                    extra={"project_id": project_id, "freed_bytes": freed_bytes},
                )
