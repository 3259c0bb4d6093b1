"""The stores' directory is made closed, and what stands in the way of the servers is named."""

import os
from pathlib import Path

import pytest

from thakur.stores import DevNullBroken, ServiceUser, StoreFailed, directory
from thakur.stores.directory import prepare


def test_everything_is_closed_to_others(tmp_path: Path) -> None:
    prepare(tmp_path / "stores", None)

    for path in (tmp_path / "stores", tmp_path / "stores" / "run", tmp_path / "stores" / "valkey"):
        assert path.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_service_user_owns_the_sockets_and_not_the_locks_or_the_configuration(tmp_path: Path) -> None:
    prepare(tmp_path / "stores", ServiceUser(609999, 609999))

    assert (tmp_path / "stores").stat().st_uid == 0
    assert (tmp_path / "stores" / "conf" / "pg_hba.conf").stat().st_uid == 0
    assert (tmp_path / "stores" / "run").stat().st_uid == 609999
    assert "609999" in (tmp_path / "stores" / "conf" / "passwd").read_text()


def test_configuration_that_is_right_is_not_written_again(tmp_path: Path) -> None:
    prepare(tmp_path / "stores", None)
    passwd = tmp_path / "stores" / "conf" / "passwd"
    os.utime(passwd, ns=(1, 1))

    prepare(tmp_path / "stores", None)

    assert passwd.stat().st_mtime_ns == 1


def test_a_directory_of_another_user_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)

    with pytest.raises(StoreFailed, match="belong to another user"):
        prepare(tmp_path / "stores", None)


def test_a_dev_null_that_is_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "null").touch()
    monkeypatch.setattr(directory, "DEV_NULL", tmp_path / "null")

    with pytest.raises(DevNullBroken, match="mode -rw"):
        prepare(tmp_path / "stores", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_dev_null_that_only_root_can_write_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    null = tmp_path / "null"
    os.mknod(null, 0o600 | 0o020000, os.makedev(1, 3))
    null.chmod(0o600)
    monkeypatch.setattr(directory, "DEV_NULL", null)

    with pytest.raises(DevNullBroken, match="mode crw-------"):
        prepare(tmp_path / "stores", None)
