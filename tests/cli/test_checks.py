import os
import socket
from pathlib import Path

import pytest

from thakur.cli import checks
from thakur.settings import Address, Settings
from thakur.wiring.looking import Node


def test_a_port_that_is_taken_fails_with_the_setting():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = Address("127.0.0.1", taken.getsockname()[1])
        check = checks.check_port("proxy", address, "THAKUR_HTTP")
    assert check.status == "fail"
    assert "THAKUR_HTTP" in check.hint
    assert checks.check_port("proxy", Address("127.0.0.1", 0), "THAKUR_HTTP").status == "ok"
    assert checks.check_port("proxy", Address("203.0.113.1", 8080), "THAKUR_HTTP").status == "fail"


def test_a_dev_null_that_is_a_file_fails(tmp_path):
    (tmp_path / "null").write_text("")
    check = checks.check_dev_null(tmp_path / "null")
    assert check.status == "fail"
    assert f"mknod -m 666 {tmp_path / 'null'} c 1 3" in check.hint


def test_a_directory_that_is_to_be_made_is_judged_by_the_one_above(tmp_path):
    assert checks.check_data_dir(Settings(data_dir=tmp_path / "a/b/c")).status == "ok"
    assert not (tmp_path / "a").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_of_somebody_else_fails():
    assert checks.check_data_dir(Settings(data_dir=Path("/usr/thakur"))).status == "fail"


def test_little_space_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "FREE_BYTES", 1 << 60)
    assert checks.check_data_dir(Settings(data_dir=tmp_path)).status == "warn"


def test_a_bun_that_does_not_start_fails(tmp_path):
    (tmp_path / "bun").write_text("no program")
    assert checks.check_bun(Settings(data_dir=tmp_path, bun=tmp_path / "bun")).status == "fail"
    assert checks.check_bun(Settings(data_dir=tmp_path)).status == "ok"


def test_a_missing_node_is_a_warning_that_names_the_extra():
    missing = checks.check_node(None)

    assert (missing.status, checks.check_node(Node("/usr/bin/node", "v22.1.0")).status) == ("warn", "ok")
    assert "thakur-deploy[node]" in missing.hint


def test_stores_that_are_named_need_no_wheel(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "_wheel_file", lambda *_: None)
    named = Settings(data_dir=tmp_path, database_url="postgresql://x")
    assert [check.status for check in checks.check_stores(named)] == ["ok", "fail"]
