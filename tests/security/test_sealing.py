"""What is sealed opens with its key, in its place, unchanged, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.security import KeyRing, Sealer, SecretUnreadable
from thakur.security.sealing import OVERHEAD_BYTES

OLD = KeyRing({1: b"1" * 32})
NEW = KeyRing({1: b"1" * 32, 2: b"2" * 32})
PLACE = ("7", "production", "TOKEN")
SEALER = Sealer(OLD, "env")


@given(plain=st.binary(max_size=300), place=st.lists(st.text(max_size=9), max_size=4).map(tuple))
def test_what_is_sealed_opens_again(plain: bytes, place: tuple[str, ...]) -> None:
    sealed = SEALER.seal(plain, place)

    assert SEALER.open(sealed, place) == plain
    assert len(sealed) == len(plain) + OVERHEAD_BYTES
    assert sealed[:3] == b"\x01\x00\x01"


def test_the_same_secret_never_looks_the_same() -> None:
    assert SEALER.seal(b"secret", PLACE) != SEALER.seal(b"secret", PLACE)


@pytest.mark.parametrize(
    "place",
    [
        ("8", "production", "TOKEN"),
        ("7", "preview", "TOKEN"),
        ("7", "production", "OTHER"),
        ("7", "productionTOKEN"),
        (),
    ],
)
def test_a_sealed_secret_that_was_moved_stays_shut(place: tuple[str, ...]) -> None:
    with pytest.raises(SecretUnreadable, match="another place"):
        SEALER.open(SEALER.seal(b"secret", PLACE), place)


@pytest.mark.parametrize("at", [0, 1, 2, 3, 14, 15, -1])
def test_a_changed_byte_anywhere_is_noticed(at: int) -> None:
    sealed = bytearray(SEALER.seal(b"hunter2", PLACE))
    sealed[at] ^= 1

    with pytest.raises(SecretUnreadable) as refusal:
        SEALER.open(bytes(sealed), PLACE)

    assert "hunter2" not in refusal.value.message


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x00\x01" + bytes(27), b"plain text that nobody has sealed"])
def test_bytes_that_nothing_sealed_are_refused(sealed: bytes) -> None:
    with pytest.raises(SecretUnreadable):
        SEALER.open(sealed, PLACE)


def test_one_purpose_does_not_open_what_another_sealed() -> None:
    with pytest.raises(SecretUnreadable):
        Sealer(OLD, "sessions").open(SEALER.seal(b"secret", PLACE), PLACE)


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    rotated = Sealer(NEW, "env")
    before, after = SEALER.seal(b"secret", PLACE), rotated.seal(b"secret", PLACE)

    assert rotated.open(before, PLACE) == rotated.open(after, PLACE) == b"secret"
    assert (rotated.needs_sealing_again(before), rotated.needs_sealing_again(after)) == (True, False)
    with pytest.raises(SecretUnreadable, match="does not have"):
        SEALER.open(after, PLACE)


def test_a_digest_names_a_content_for_those_with_the_key_only() -> None:
    assert SEALER.digest(b"a") == Sealer(OLD, "env").digest(b"a")
    assert len({SEALER.digest(b"a"), SEALER.digest(b"b"), Sealer(NEW, "env").digest(b"a")}) == 3
