"""Failures that no command caused, and how each failure is said in the log."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from thakur.builds.interface import BuildFailed, Failure
from thakur.errors import ThakurError
from thakur.logs import Entry, Level, StreamWriter
from thakur.security import Redactor

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

INTERNAL = Failure(
    code="internal",
    what="The build could not be carried out.",
    why="Something went wrong in Thakur itself; its own log holds the details.",
    next="Deploy again. If it happens twice, ask the operator to look at the server's log.",
)
INTERRUPTED = Failure(
    code="build_interrupted",
    what="The build was given up after three attempts.",
    why="Each time the worker that ran it ended in the middle.",
    next="Deploy again, and ask the operator why the worker ends: the host may be out of memory.",
)


def say(failure: Failure, writer: StreamWriter) -> None:
    """Write the three sentences, those that there are."""
    for entry in explanation(failure):
        writer.write(entry.text, entry.level)


def explanation(failure: Failure) -> list[Entry]:
    """What happened, why, and what to do next, as far as it is known, a line each."""
    return [Entry(sentence, Level.ERROR) for sentence in (failure.what, failure.why, failure.next) if sentence]


def told(error: ThakurError, redactor: Redactor) -> Failure:
    """What is said and kept of an error: without the secrets that a command's own words may quote."""
    failure = (
        error.failure
        if isinstance(error, BuildFailed)
        else Failure(code=error.code, what=error.message, next=error.hint)
    )
    what, why, following = (redactor.redact_text(text) for text in (failure.what, failure.why, failure.next))
    return Failure(code=failure.code, what=what, why=why, next=following)


@contextmanager
def explained() -> Iterator[None]:
    """Turn a disk that is full into a failure that says so. Raises BuildFailed."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK_FULL:
            raise
        raise BuildFailed(
            Failure(
                code="disk_full",
                what="The disk of the server is full.",
                why="There was no space left to write what the build makes.",
                next="Free space on the server, or delete projects that are no longer needed, and deploy again.",
            )
        ) from error
