"""What nobody's command caused is said in words too."""

import errno

import pytest

from support.recorded_logs import RecordingWriter
from thakur.builds import BuildFailed, Failure
from thakur.builds.failures import explained, say, told
from thakur.logs import Level
from thakur.sandbox import SandboxRefused
from thakur.security import Redactor


def test_a_failure_is_three_sentences_at_most() -> None:
    writer = RecordingWriter()

    say(Failure(code="x", what="It broke.", next="Mend it."), writer)

    assert writer.lines == [(Level.ERROR, "It broke."), (Level.ERROR, "Mend it.")]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_failure(number: int) -> None:
    with pytest.raises(BuildFailed) as failed, explained():
        raise OSError(number, "full")

    assert failed.value.failure.code == "disk_full"


def test_other_errors_are_bugs() -> None:
    with pytest.raises(PermissionError), explained():
        raise PermissionError(errno.EACCES, "no")


def test_what_is_kept_of_an_error_holds_no_secret() -> None:
    redactor = Redactor(["hunter2hunter2"])
    failure = Failure(code="c", what="what hunter2hunter2", why="why hunter2hunter2", next="next hunter2hunter2")

    assert told(BuildFailed(failure), redactor) == Failure(
        code="c", what="what [redacted]", why="why [redacted]", next="next [redacted]"
    )
    assert told(SandboxRefused("hunter2hunter2 said it", hint="Look"), redactor) == Failure(
        code="sandbox_refused", what="[redacted] said it", next="Look"
    )
