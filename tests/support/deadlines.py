"""A test that hangs fails: the alarm clock of the suite."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import pytest


@contextmanager
def deadline(seconds: float, what: str) -> Iterator[None]:
    """Fail with the stack of wherever the main thread is when `seconds` have passed."""

    def ring(number: int, frame: FrameType | None) -> NoReturn:
        pytest.fail(f"{what} took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
