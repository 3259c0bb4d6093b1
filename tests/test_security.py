"""The key file is made once, read by its owner only, and gives every purpose a key of its own."""

import threading
from pathlib import Path

import pytest

from thakur.security import KeyUnusable, derive, load_or_create_key


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"

    key = load_or_create_key(path)

    assert len(key) == 32
    assert load_or_create_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("v1:")
    assert list(tmp_path.iterdir()) == [path]


def test_makers_at_the_same_time_end_up_with_one_key(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    keys: list[bytes] = []
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        keys.append(load_or_create_key(path))

    makers = [threading.Thread(target=make) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret.key"
    load_or_create_key(path)
    path.chmod(mode)

    with pytest.raises(KeyUnusable, match="read by others") as refusal:
        load_or_create_key(path)

    assert refusal.value.hint == f"Run: chmod 600 {path}"


@pytest.mark.parametrize("text", ["", "v1:", "v1:YWJj", "v2:" + "A" * 43 + "=", "v1:not base64", "\x00\xff"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(KeyUnusable):
        load_or_create_key(path)

    assert path.read_text() == text


def test_the_last_line_is_the_key_in_use(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    first = load_or_create_key(path)
    with path.open("a") as file:
        file.write("v1:" + "A" * 43 + "=\n")

    assert load_or_create_key(path) == bytes(32) != first


def test_every_purpose_has_a_key_of_its_own() -> None:
    key = bytes(range(32))

    assert derive(key, "csrf") == derive(key, "csrf")
    assert len({derive(key, "csrf"), derive(key, "session"), derive(bytes(32), "csrf"), key}) == 4
