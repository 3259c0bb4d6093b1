"""How a serve process is told to end, and how much should end with it."""

import asyncio
import os
import signal
from enum import StrEnum


class Ending(StrEnum):
    """`everything` on SIGINT and `thakur stop`; on SIGTERM and SIGHUP the applications and the proxy go on."""

    EVERYTHING = "everything"
    CONTROL_PLANE = "control plane"


SIGNALS = {
    signal.SIGINT: Ending.EVERYTHING,
    signal.SIGTERM: Ending.CONTROL_PLANE,
    signal.SIGHUP: Ending.CONTROL_PLANE,
}
IMPATIENT_STATUS = 130


class Word:
    """The word to end. The second one means that nobody wants to wait any longer."""

    def __init__(self) -> None:
        self._given = asyncio.Event()
        self.ending = Ending.CONTROL_PLANE

    def listen(self) -> None:
        """Take the signals of this process."""
        loop = asyncio.get_running_loop()
        for number, ending in SIGNALS.items():
            loop.add_signal_handler(number, self.give, ending)

    def give(self, ending: Ending) -> None:
        if self._given.is_set():
            os._exit(IMPATIENT_STATUS)
        self.ending = ending
        self._given.set()

    async def wait(self) -> Ending:
        await self._given.wait()
        return self.ending
