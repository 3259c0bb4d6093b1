"""The key file is made once, read by its owner only, and gives every purpose a key of its own."""

import threading
from pathlib import Path

import pytest

from thakur.security import KeyRing, KeyUnusable, derive, load_or_create_ring

ZEROS = "A" * 43 + "="


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"

    ring = load_or_create_ring(path)

    assert (ring.current, len(ring.keys[1])) == (1, 32)
    assert load_or_create_ring(path) == ring
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("v1:")
    assert list(tmp_path.iterdir()) == [path]


def test_makers_at_the_same_time_end_up_with_one_key(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    rings: list[KeyRing] = []
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        rings.append(load_or_create_ring(path))

    makers = [threading.Thread(target=make) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert len(rings) == 8
    assert all(ring == rings[0] for ring in rings)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret.key"
    load_or_create_ring(path)
    path.chmod(mode)

    with pytest.raises(KeyUnusable, match="read by others") as refusal:
        load_or_create_ring(path)

    assert refusal.value.hint == f"Run: chmod 600 {path}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v1:",
        "v1:YWJj",
        "v0:" + ZEROS,
        "v65536:" + ZEROS,
        "w1:" + ZEROS,
        f"v1:{ZEROS}\nv1:{ZEROS}",
        "v1:not base64",
        "\x00\xff",
    ],
)
def test_a_file_that_holds_no_keys_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(KeyUnusable):
        load_or_create_ring(path)

    assert path.read_text() == text


@pytest.mark.parametrize("lines", ["v1:{first}\nv2:{zeros}\n", "v2:{zeros}\nv1:{first}"])
def test_the_highest_version_is_in_use_wherever_its_line_stands(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "secret.key"
    load_or_create_ring(path)
    first = path.read_text().strip().removeprefix("v1:")
    path.write_text(lines.format(first=first, zeros=ZEROS))

    ring = load_or_create_ring(path)

    assert (ring.current, ring.keys[2]) == (2, bytes(32))
    assert ring.keys[1] != ring.keys[2]


def test_a_ring_shows_no_key() -> None:
    assert repr(KeyRing({1: b"k" * 32})) == "KeyRing()"


def test_every_purpose_has_a_key_of_its_own() -> None:
    key = bytes(range(32))

    assert derive(key, "csrf") == derive(key, "csrf")
    assert len({derive(key, "csrf"), derive(key, "session"), derive(bytes(32), "csrf"), key}) == 4
