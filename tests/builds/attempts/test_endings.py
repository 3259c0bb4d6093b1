"""The end of a build's log says what nobody said yet."""

import msgspec
import pytest

from support.building import make_build
from thakur.builds import BuildStatus, Failure
from thakur.builds.attempts.endings import last_words
from thakur.builds.failures import INTERRUPTED

BUILD = make_build(1, 1, "0" * 64)


@pytest.mark.parametrize(
    ("status", "more", "words"),
    [
        (BuildStatus.CANCELED, {"ended_by": "operator"}, ["Canceled by operator"]),
        (BuildStatus.CANCELED, {}, ["Canceled"]),
        (BuildStatus.SUPERSEDED, {"ended_by": "#2"}, ["Superseded by #2 before it began"]),
        (BuildStatus.SUPERSEDED, {"ended_by": "#2", "started_at": BUILD.created_at}, ["Superseded by #2"]),
        (BuildStatus.FAILED, {"failure": Failure(code="command_failed", what="Explained above.")}, []),
        (BuildStatus.FAILED, {"failure": INTERRUPTED}, [INTERRUPTED.what, INTERRUPTED.why, INTERRUPTED.next]),
    ],
)
def test_the_last_words_say_how_it_ended(status: BuildStatus, more: dict[str, object], words: list[str]) -> None:
    build = msgspec.structs.replace(BUILD, status=status, **more)

    assert [entry.text for entry in last_words(build)] == words
