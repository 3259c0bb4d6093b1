"""One process boots at a time, and only the last user knows itself to be the last."""

from pathlib import Path

import pytest

from thakur.stores import StoreFailed, locks
from thakur.stores.locks import Users, booting


def test_a_user_is_last_when_every_other_has_left(tmp_path: Path) -> None:
    first, second = Users(tmp_path / "users"), Users(tmp_path / "users")
    first.join()
    second.join()
    assert not first.is_last()

    second.leave()

    assert first.is_last()
    first.leave()


def test_a_user_that_never_joined_sees_those_who_did(tmp_path: Path) -> None:
    user, visitor = Users(tmp_path / "users"), Users(tmp_path / "users")
    user.join()

    assert not visitor.is_last()
    user.leave()
    visitor.leave()


def test_a_second_boot_waits_and_then_names_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "BOOT_LOCK_SECONDS", 0.02)
    with booting(tmp_path / "boot"):
        with pytest.raises(StoreFailed) as refusal, booting(tmp_path / "boot"):
            pass
        assert str(tmp_path / "boot") in refusal.value.hint

    with booting(tmp_path / "boot"):
        pass
