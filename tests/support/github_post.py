"""The stand-in's own events, carried to the rooms as its webhooks would."""

import json

from support.github import House
from support.github_rooms import Rooms
from thakur.webhooks.events import parse


class Post:
    """Carries what the stand-in has sent since the last time; one may come later, again, or never."""

    def __init__(self, rooms: Rooms, house: House) -> None:
        self._rooms, self._log, self._read = rooms, house.github.hooks.log, 0

    def lose(self) -> None:
        """Nobody is ever told of what happened until now."""
        self._read = len(self._log)

    async def carry(self, *, times: int = 1) -> list[str]:
        """Deliver and act; the events that lead to something."""
        carried = self._log[self._read :]
        self._read = len(self._log)
        told = []
        for number in range(times):
            for each in carried:
                body = json.dumps(each.payload).encode()
                if parse(each.event, body) is not None:
                    await self._rooms.deliver(each.event, body, f"{each.guid}-{number}")
                    told.append(each.event)
        await self._rooms.jobs.drain()
        return told
