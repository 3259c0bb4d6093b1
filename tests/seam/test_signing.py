import time

import pytest

from thakur.errors import Unauthenticated
from thakur.seam import Key
from thakur.seam.signing import SKEW_SECONDS, Verifier, digest_of, sign

EDGE = Key("edge", b"e" * 32)
WORKER = Key("worker", b"w" * 32)
PATH = "/internal/edge/check"


class Clock:
    def __init__(self) -> None:
        self.ahead_seconds = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_seconds


def test_a_signature_lets_its_call_in() -> None:
    verifier = Verifier([WORKER, EDGE])

    assert verifier.verify(sign(EDGE, PATH, b"arguments"), PATH) == digest_of(b"arguments")
    assert verifier.verify(sign(WORKER, PATH, b""), PATH) == digest_of(b"")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "edge",
        "edge:1:2:3:4",
        "::::",
        "é:1:2:3:é",
        sign(Key("edge", b"x" * 32), PATH, b""),
        sign(Key("other", EDGE.secret), PATH, b""),
        sign(EDGE, "/internal/edge/switch", b""),
    ],
    ids=["nothing", "a word", "no mac", "empty", "not ascii", "another key", "another id", "another path"],
)
def test_whoever_does_not_hold_the_key_is_refused(header: str) -> None:
    with pytest.raises(Unauthenticated, match="not signed with a key"):
        Verifier([EDGE]).verify(header, PATH)


@pytest.mark.parametrize("place", range(4))
def test_every_part_is_covered(place: int) -> None:
    parts = sign(EDGE, PATH, b"").split(":")
    parts[place + 1] = parts[place + 1][:-1] + ("0" if parts[place + 1][-1] != "0" else "1")

    with pytest.raises(Unauthenticated):
        Verifier([EDGE]).verify(":".join(parts), PATH)


def test_a_call_is_made_once() -> None:
    verifier = Verifier([EDGE])
    header = sign(EDGE, PATH, b"")
    verifier.verify(header, PATH)

    with pytest.raises(Unauthenticated, match="before"):
        verifier.verify(header, PATH)


@pytest.mark.parametrize("ahead_seconds", [SKEW_SECONDS + 1, -SKEW_SECONDS - 1])
def test_a_call_is_made_when_it_was_signed(ahead_seconds: float) -> None:
    clock = Clock()
    clock.ahead_seconds = ahead_seconds

    with pytest.raises(Unauthenticated, match="at another time"):
        Verifier([EDGE], clock).verify(sign(EDGE, PATH, b""), PATH)


def test_a_replay_is_known_for_as_long_as_it_would_be_let_in() -> None:
    clock = Clock()
    verifier = Verifier([EDGE], clock)
    clock.ahead_seconds = -SKEW_SECONDS + 1
    header = sign(EDGE, PATH, b"")
    verifier.verify(header, PATH)

    clock.ahead_seconds = SKEW_SECONDS - 1
    with pytest.raises(Unauthenticated, match="before"):
        verifier.verify(header, PATH)


def test_old_calls_are_forgotten() -> None:
    clock = Clock()
    verifier = Verifier([EDGE], clock)
    for _ in range(5):
        verifier.verify(sign(EDGE, PATH, b""), PATH)

    clock.ahead_seconds = 3 * SKEW_SECONDS
    with pytest.raises(Unauthenticated):
        verifier.verify(sign(EDGE, PATH, b""), PATH)
    clock.ahead_seconds = SKEW_SECONDS - 1
    verifier.verify(sign(EDGE, PATH, b""), PATH)
    clock.ahead_seconds = 2 * SKEW_SECONDS + SKEW_SECONDS - 1
    verifier._admit(clock(), "now")

    assert list(verifier._nonces) == ["now"]


def test_a_key_does_not_show_its_secret() -> None:
    assert "eeee" not in repr(EDGE)
