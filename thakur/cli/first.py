"""PID 1, as in a container: every process that loses its parent becomes its child, and nobody else would bury it."""

import contextlib
import os
import signal
import subprocess
import sys
from types import FrameType

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A shell's way to say which signal ended a command.
SIGNALED = 128


def is_first() -> bool:
    """Whether this process is the first of its host or container."""
    return os.getpid() == 1


def run_below() -> int:
    """Run this command again as a child, pass signals on to it, bury whoever ends, and end as it ends.

    One that is killed is started again: the applications are still there, and would end with us.
    """
    below = _Below()
    for number in PASSED_ON:
        signal.signal(number, below.pass_on)
    while True:
        code = below.run()
        if code >= 0 or below.is_told:
            return code if code >= 0 else SIGNALED - code
        print(f"thakur was ended by {signal.Signals(-code).name}; it is started again.", file=sys.stderr, flush=True)


class _Below:
    def __init__(self) -> None:
        self.is_told = False
        self._pid = 0

    def pass_on(self, number: int, _frame: FrameType | None) -> None:
        self.is_told = True
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def run(self) -> int:
        # In a group of its own: what a terminal sends to ours would reach it twice.
        child = subprocess.Popen([sys.executable, *sys.orig_argv[1:]], process_group=0)
        # Buried here, whatever Popen believes.
        child.returncode, self._pid = 0, child.pid
        while True:
            pid, status = os.wait()
            if pid == self._pid:
                self._pid = 0
                return os.waitstatus_to_exitcode(status)
