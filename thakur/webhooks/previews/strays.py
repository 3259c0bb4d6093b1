"""Strays: environments of previews that nothing leads to any more, because an App, or what was followed, went away."""

import time

from thakur.installations import Tracks
from thakur.projects import Environments

EVERY_SECONDS = 3600.0
# What is begun is followed first, and then has an environment.
START_SECONDS = 60.0


class Strays:
    """`look` is called every second, and does something once an hour."""

    def __init__(self, tracks: Tracks, environments: Environments, start_seconds: float = START_SECONDS) -> None:
        self._tracks = tracks
        self._environments = environments
        self._next = time.monotonic() + start_seconds

    async def look(self) -> bool:
        """Whether there were any."""
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + EVERY_SECONDS
        previews = await self._environments.previews()
        tracks = await self._tracks.of({each.project_id for each in previews})
        followed = {(each.project_id, each.label) for each in tracks}
        strays = [each for each in previews if (each.project_id, each.label) not in followed]
        for each in strays:
            await self._environments.remove(each.project_id, each.label)
        return bool(strays)
