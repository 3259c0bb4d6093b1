import json
import os
import shutil
import subprocess
import sys

import pytest

from thakur.cli.verbs.systemd_unit import unit


def test_the_unit_ends_the_server_alone(thakur):
    ran = thakur("systemd-unit")
    lines = ran.out.splitlines()
    assert {"KillMode=process", "Delegate=yes", "Restart=on-failure"} <= set(lines)
    assert any(line.startswith("ExecStart=/") and line.endswith(" serve") for line in lines)
    assert not [line for line in lines if line.startswith("User=")]
    assert "systemctl enable --now thakur" in ran.err


def test_a_service_user_gets_the_directory_and_a_group_of_its_own(thakur):
    shown = json.loads(thakur("systemd-unit", "--user", "thakur", "--json").out)
    assert shown["path"] == "/etc/systemd/system/thakur.service"
    told = set(shown["unit"].splitlines())
    assert {"User=thakur", "StateDirectory=thakur", "DelegateSubgroup=supervisor"} <= told


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("user", [None, "root"])
def test_systemd_finds_nothing_wrong_with_it(tmp_path, user):
    program = f'"{tmp_path}/with space/thakur"'
    (tmp_path / "with space").mkdir()
    (tmp_path / "with space" / "thakur").symlink_to(sys.executable)
    (tmp_path / "thakur.service").write_text(unit(program, user))

    verify = ["systemd-analyze", "verify", "--man=no", tmp_path / "thakur.service"]
    done = subprocess.run(verify, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"})

    # Older ones do not know how to give the server a group of its own, and go on without.
    told = [line for line in done.stderr.splitlines() if "DelegateSubgroup" not in line]
    assert (done.returncode, told) == (0, [])
