"""Branches as previews: one that was pushed to is followed, as far as its project wants that."""

from collections.abc import Collection

from thakur.installations import Begun, Connection, Track, Tracks
from thakur.projects import branch_labels
from thakur.webhooks.previews.due import may_have_one, room_for


class Branches:
    """Begins to follow branches."""

    def __init__(self, tracks: Tracks) -> None:
        self._tracks = tracks

    async def pushed(
        self, connection: Connection, tracks: Collection[Track], production: str, branch: str, sender: str
    ) -> bool:
        """Follow it, unless it is followed already; whether it is now."""
        rules = connection.previews
        if not may_have_one(rules, branch, production) or any(each.branch == branch for each in tracks):
            return False
        if room_for(rules, tracks) == 0:
            return False
        await self.begin(connection.project_id, branch, sender)
        return True

    async def begin(self, project_id: int, branch: str, sender: str = "") -> Track:
        """Follow it, and look at it now."""
        return await self._tracks.begin(
            project_id, Begun(labels=branch_labels(branch), branch=branch, pushed_by=sender)
        )
