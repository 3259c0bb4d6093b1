"""Waiting in a thread for a condition, always with a deadline."""

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.01


def wait_until(check: Callable[[], bool], within_seconds: float) -> bool:
    """Ask `check` until it says yes; False when it does not in time."""
    deadline = time.monotonic() + within_seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)  # noqa: TID251  the one place: a condition with a deadline, never on the loop
    return True
