"""Run as root, the servers are the service user's, see their own directories only, and have no rights."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.owners import Owner, copied_packages, servers
from thakur.stores.programs import postgres_programs

Start = Callable[..., Owner]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a normal user's servers are the user's own")


def test_the_servers_have_no_rights_and_a_session_of_their_own(data_dir: Path, start: Start) -> None:
    owner = start()

    for pid in filter(None, servers(data_dir)):
        status = Path(f"/proc/{pid}/status").read_text()
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert "NoNewPrivs:\t1" in status
        assert "CapEff:\t0000000000000000" in status
        assert "CapBnd:\t0000000000000000" in status
        assert os.getsid(pid) != os.getsid(owner.pid)
        seen = {path.name for path in Path(f"/proc/{pid}/root/stores").iterdir()}
        assert seen in ({"conf", "run", "pg"}, {"conf", "run", "valkey"})


def test_closed_parents_of_data_and_programs_do_not_matter(tmp_path: Path, start: Start) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    owner = start(closed / "data", packages=copied_packages(closed / "packages"))

    postgres, _ = servers(closed / "data")
    assert str(closed) in Path(f"/proc/{postgres}/mountinfo").read_text()
    assert owner.ask("SELECT 1") == [[1]]
    owner.stop()


def test_a_strict_umask_does_not_matter(data_dir: Path, start: Start) -> None:
    before = os.umask(0o077)
    try:
        assert start().ask("SELECT 1") == [[1]]
    finally:
        os.umask(before)


def test_other_processes_of_the_service_user_cannot_use_the_database(data_dir: Path, start: Start) -> None:
    start()
    postgres, _ = servers(data_dir)
    uid = Path(f"/proc/{postgres}").stat().st_uid
    # The way round the closed directory that a process of the same user has.
    sockets = f"/proc/{postgres}/root/stores/run"

    refused = subprocess.run(
        [postgres_programs().path / "psql", "-h", sockets, "-U", "thakur", "-c", "SELECT 1", "thakur"],
        user=uid,
        group=uid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Peer authentication failed" in refused.stderr
