"""The roles in three processes: the walk works as in one, and the edge's process opens no more than it must."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import survivors
from support.server import Server
from support.waiting import wait_until

EXAMPLES = Path(__file__).parents[2] / "examples"
ROLES = ("edge", "worker", "api")
READY_SECONDS = 60


class Split(Server):
    """A server whose roles are processes of their own; they may start in any order."""

    def start_role(self, role: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*self.thakur, "serve", "--role", role],
                env=self.env,
                cwd="/",
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def is_answering(self) -> bool:
        return self.get_from(self.address, "/ready").status == 200


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Split, dict[str, "subprocess.Popen[bytes]"]]]:
    server = Split(tmp_path_factory.mktemp("split") / "data")
    roles = {role: server.start_role(role) for role in ROLES}
    wait_until(server.is_answering, READY_SECONDS)
    yield server, roles
    server.run("stop")
    assert [process.wait(30) for process in roles.values()] == [0, 0, 0]


def test_the_walk_works_over_three_processes(split) -> None:
    server, _ = split

    done = server.deploy(EXAMPLES / "hono", "hono")

    assert done["status"] == "active"
    assert server.get("hono").status == 200
    print(f"three roles: {done['seconds']} s; steps {server.steps('hono')}")


def test_the_edge_opens_no_database_no_redis_and_no_master_key(split) -> None:
    _, roles = split
    pid = roles["edge"].pid

    opened = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    mapped = Path(f"/proc/{pid}/maps").read_text()

    assert not [path for path in opened if "secret.key" in path or "/stores/" in path]
    assert not [name for name in ("sqlalchemy", "psycopg", "hiredis", "litestar") if name in mapped]
    assert not peers(pid) & listeners(("/.s.PGSQL.5432", "/valkey.sock"))


def test_an_edge_serves_and_starts_again_while_the_others_are_away(split) -> None:
    server, roles = split
    server.deploy(EXAMPLES / "plain", "alone")
    for role in ("api", "worker"):
        roles[role].kill()
        roles[role].wait()

    assert server.get("alone").status == 200

    # After a reboot too: nothing of it runs any more, and there is nobody to ask.
    for pid in (roles["edge"].pid, *survivors.workers(server.data_dir), *survivors.replicas(server.data_dir).values()):
        os.kill(pid, signal.SIGKILL)
    roles["edge"].wait()
    survivors.forget_boot(server.data_dir)
    roles["edge"] = server.start_role("edge")
    wait_until(lambda: server.get("alone").status == server.get("hono").status == 200, READY_SECONDS)

    for role in ("api", "worker"):
        roles[role] = server.start_role(role)
    wait_until(server.is_answering, READY_SECONDS)
    assert server.deploy(EXAMPLES / "plain", "alone")["number"] == 2


def listeners(names: tuple[str, ...]) -> set[str]:
    """The inodes of unix sockets that listen, or were accepted, under a path that ends so."""
    lines = Path("/proc/net/unix").read_text().splitlines()[1:]
    return {line.split()[6] for line in lines if line.endswith(names)}


def peers(pid: int) -> set[str]:
    """The inodes at the other end of a process's unix sockets, as `ss` knows them."""
    shown = subprocess.run(["ss", "-xpnH"], capture_output=True, text=True, check=True).stdout
    return {line.split()[7] for line in shown.splitlines() if f"pid={pid}," in line}
