"""PostgreSQL starts after whatever the last run left behind, or says why not."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.owners import Owner, kill_servers, servers
from thakur.settings import Settings
from thakur.stores import StoreFailed, Stores

Start = Callable[..., Owner]


def test_a_first_start_that_was_cut_off_is_begun_anew(data_dir: Path, start: Start) -> None:
    half_made = data_dir / "stores" / "pg.new" / "base"
    half_made.mkdir(parents=True)
    half_made.joinpath("1").write_text("half")

    assert start().ask("SELECT 1") == [[1]]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process of the servers' user")
def test_a_pid_that_belongs_to_a_stranger_by_now_is_no_obstacle(data_dir: Path, start: Start) -> None:
    first = start()
    server = Path(f"/proc/{servers(data_dir)[0]}").stat()
    kill_servers(data_dir)
    first.kill()
    with subprocess.Popen(["sleep", "60"], user=server.st_uid, group=server.st_gid) as stranger:
        for file in (data_dir / "stores" / "pg" / "postmaster.pid", data_dir / "stores" / "run" / ".s.PGSQL.5432.lock"):
            _, rest = file.read_text().split("\n", 1)
            file.write_text(f"{stranger.pid}\n{rest}")
        try:
            assert start().ask("SELECT 1") == [[1]]
            assert stranger.poll() is None
        finally:
            stranger.kill()


async def test_a_server_that_cannot_start_shows_the_end_of_its_log(data_dir: Path, start: Start) -> None:
    start().stop()
    (data_dir / "stores" / "pg" / "global" / "pg_control").write_bytes(b"broken")

    with pytest.raises(StoreFailed, match="pg_control"):
        await Stores(Settings(data_dir=data_dir), is_durable=False).start()

    assert servers(data_dir) == (None, None)


def test_a_production_server_waits_for_the_disk_and_sorts_by_code_points(data_dir: Path, start: Start) -> None:
    owner = start(is_durable=True)

    assert owner.ask("SHOW fsync") == [["on"]]
    assert owner.ask("SHOW synchronous_commit") == [["on"]]
    assert owner.ask("SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'thakur'") == [
        ["b", "C.UTF-8"]
    ]
    assert owner.ask("SELECT lower('ÄÖ')") == [["äö"]]
