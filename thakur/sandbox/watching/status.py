"""What bubblewrap reports of itself: the pid of its child, and the code with which the command ended."""

import json
import signal
from collections.abc import Iterator
from typing import Any

# A shell's way to say which signal ended a command, and bubblewrap's.
SIGNALED = 128


def init_pid(report: bytes) -> int | None:
    return _find(report, "child-pid")


def exit_code(report: bytes) -> int | None:
    return _find(report, "exit-code")


def code_and_signal(code: int | None) -> tuple[int | None, int | None]:
    """Take apart what bubblewrap put into one number."""
    if code is None:
        return None, signal.SIGKILL
    if SIGNALED < code <= SIGNALED + signal.NSIG:
        return None, code - SIGNALED
    return code, None


def _find(report: bytes, key: str) -> int | None:
    return next((document[key] for document in _documents(report) if isinstance(document.get(key), int)), None)


def _documents(report: bytes) -> Iterator[dict[str, Any]]:
    text = report.decode(errors="replace").lstrip()
    decoder = json.JSONDecoder()
    while text:
        try:
            document, end = decoder.raw_decode(text)
        except ValueError:
            return  # cut short: its writer was killed
        if isinstance(document, dict):
            yield document
        text = text[end:].lstrip()
