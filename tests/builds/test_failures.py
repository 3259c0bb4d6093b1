"""What nobody's command caused is said in words too."""

import errno

import pytest

from support.recorded_logs import RecordingWriter
from thakur.builds import BuildFailed, Failure
from thakur.builds.failures import explained, say
from thakur.logs import Level


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
