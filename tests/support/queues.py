"""A queue that remembers who was woken."""

from thakur.queue import Queue


class RecordingQueue(Queue):
    def __init__(self) -> None:
        self.wakes: list[str] = []

    async def wake(self, name: str) -> None:
        self.wakes.append(name)
