"""The only sleep of the suite: wait for a condition with a deadline."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.01
# For hosts that are busy with something else; it costs nothing where the condition comes true.
PATIENCE_SECONDS = 10


async def eventually(check: Callable[[], T | Awaitable[T]], within_seconds: float = PATIENCE_SECONDS) -> T:
    """Ask `check` until it answers something true, and return that.

    A check that raises AssertionError is asked again; the last one is raised when time is up.
    """
    deadline = time.monotonic() + within_seconds
    while True:
        failure = None
        try:
            answer = check()
            if inspect.isawaitable(answer):
                answer = await answer
        except AssertionError as error:
            answer, failure = None, error
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise failure or AssertionError(f"not within {within_seconds} s: {check}, last answer {answer!r}")
        await asyncio.sleep(POLL_SECONDS)


def wait_until(check: Callable[[], object], within_seconds: float) -> None:
    """The same for code without a loop."""
    deadline = time.monotonic() + within_seconds
    while not check():
        assert time.monotonic() < deadline, f"not within {within_seconds} s: {check}"
        time.sleep(POLL_SECONDS)


def pass_time(seconds: float) -> None:
    """Do nothing, where what nothing costs is the question."""
    time.sleep(seconds)
