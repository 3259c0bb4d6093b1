"""Idling: a command that writes nothing and uses next to no processor time waits for something that does not come."""

import time

from thakur.pids import Process
from thakur.sandbox.interface import NoProgress
from thakur.sandbox.watching import processes

LOOK_SECONDS = 5.0
# Of one core: what timers and watchers of files take while nothing is done.
IDLE_SHARE = 0.02


class Idling:
    """Watches all that runs below `init`, for those who `look` from time to time."""

    def __init__(self, init: Process, idle_seconds: float) -> None:
        self.look_seconds = min(LOOK_SECONDS, idle_seconds / 4)
        self._init = init
        self._idle_seconds = idle_seconds
        self._mark()

    def heard(self) -> None:
        """It has written something."""
        self._since = time.monotonic()

    def look(self) -> None:
        """Raises NoProgress when nothing has happened for too long."""
        used = self._cpu_seconds()
        # A process that ended takes its time with it: less is a sign of life as well.
        if abs(used - self._used) > IDLE_SHARE * self._idle_seconds:
            self._mark()
        elif time.monotonic() - self._since >= self._idle_seconds:
            raise NoProgress(f"The command wrote nothing and computed nothing for {self._idle_seconds:.0f} s.")

    def _mark(self) -> None:
        self._since = time.monotonic()
        self._used = self._cpu_seconds()

    def _cpu_seconds(self) -> float:
        return processes.cpu_seconds(processes.descendants(self._init.pid))
