"""Environments that come and go: what there is of a project besides production, and how it goes."""

from collections.abc import Collection
from typing import Protocol

from thakur.errors import Unavailable
from thakur.projects.interface import Environment


class EnvironmentGoing(Unavailable):
    """The environment is being removed; another of its label may be made in a moment."""

    code = "environment_going"


class Environments(Protocol):
    """Previews as environments. For jobs, which act for nobody."""

    async def every(self, project_ids: Collection[int]) -> list[Environment]:
        """All environments of these projects, the oldest first, which is production where something was deployed there."""

    async def productions(self, project_ids: Collection[int]) -> dict[int, int]:
        """The ids of production's environments, by project id; a project to which nothing was deployed has none."""

    async def previews(self, project_ids: Collection[int] | None = None) -> list[Environment]:
        """All environments but production, of these projects or of all; those that are being removed are left out."""

    async def remove(self, project_id: int, label: str) -> None:
        """Have everything of it removed, in the background: what runs, its routes, builds, deployments and logs.

        Production stays whatever is asked. May be called twice.
        """
