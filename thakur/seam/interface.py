"""What both sides of the seam agree on: marks on a Protocol's methods, deadlines, limits, and the errors of the way itself."""

from collections.abc import Callable
from typing import Any, TypeVar

from thakur.errors import Unavailable

VERSION = "1"
CALL_SECONDS = 30.0
UPLOAD_SECONDS = 600.0
RETRY_SECONDS = 10.0
ALIVE_SECONDS = 15.0
SILENCE_SECONDS = 45.0

ARGUMENTS_BYTES = 8 * 1024 * 1024
RESULT_BYTES = 64 * 1024 * 1024
ITEM_BYTES = 16 * 1024 * 1024
UPLOAD_BYTES = 2 * 1024 * 1024 * 1024

VERSION_HEADER = "x-thakur-seam"
SIGNATURE_HEADER = "x-thakur-signature"
DEADLINE_HEADER = "x-thakur-deadline"
ARGUMENTS_HEADER = "x-thakur-arguments"

IDEMPOTENT_MARK = "__seam_idempotent__"
DEADLINE_MARK = "__seam_deadline__"

MarkedT = TypeVar("MarkedT", bound=Callable[..., Any])


class SeamBroken(Unavailable):
    """The way to the other side broke during a call, or what answers there is no seam of this version."""

    code = "seam_broken"


class PeerAbsent(SeamBroken):
    """Nobody listens there; the call was not sent."""

    code = "peer_absent"


class PeerFailed(SeamBroken):
    """The other side has a fault: an exception that nobody expected, or an answer that cannot be read."""

    code = "peer_failed"
    status = 500


class DeadlineMissed(SeamBroken):
    """The call was not answered in time, and was canceled."""

    code = "deadline_missed"
    status = 504


def idempotent(marked: MarkedT) -> MarkedT:
    """Mark a method, or a Protocol, that may be called twice: it is tried again when the way breaks or the answer is 503."""
    setattr(marked, IDEMPOTENT_MARK, True)
    return marked


def deadline(seconds: float) -> Callable[[MarkedT], MarkedT]:
    """Mark a method, or all of a Protocol, with a deadline of its own, retries included.

    Without it a call has 30 s, an upload 600 s, and a download may go on for as long as it says that it is alive.
    """

    def mark(marked: MarkedT) -> MarkedT:
        setattr(marked, DEADLINE_MARK, seconds)
        return marked

    return mark
