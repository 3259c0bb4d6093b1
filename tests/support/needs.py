"""Who needs which artifacts, as a test says."""

from collections.abc import Collection


class Needs:
    """Answers the next in line, and the last one for ever."""

    def __init__(self, *needed: Collection[int]) -> None:
        self._needed = list(needed) or [()]

    async def needed(self) -> Collection[int]:
        return self._needed.pop(0) if len(self._needed) > 1 else self._needed[0]
