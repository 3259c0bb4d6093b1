"""Root's servers have a user, a normal user's servers are the user's own."""

import os
import pwd
from pathlib import Path

import pytest

from thakur.stores import ServiceUser, service_user
from thakur.stores.identity import hand_over


def test_a_normal_user_needs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert service_user() is None


def test_root_uses_the_system_user_if_the_host_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = pwd.struct_passwd(("thakur", "x", 991, 992, "", "/", "/bin/false"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", {"thakur": entry}.__getitem__)
    assert service_user() == ServiceUser(991, 992)

    monkeypatch.setattr(pwd, "getpwnam", {}.__getitem__)

    assert service_user() == ServiceUser(609999, 609999)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_files_of_another_user_are_handed_over_but_not_what_links_name(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file").touch()
    (tmp_path / "outside").touch()
    (tmp_path / "data" / "link").symlink_to(tmp_path / "outside")

    hand_over(tmp_path / "data", ServiceUser(609999, 609999))

    assert (tmp_path / "data").stat().st_uid == (tmp_path / "data" / "file").stat().st_uid == 609999
    assert (tmp_path / "outside").stat().st_uid == 0
