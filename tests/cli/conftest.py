"""A server of doubles behind a real local socket, and the command run against it."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.fake_accounts import OPERATOR
from support.listeners import listening_apart
from support.services import Doubles, entries, make_deployment
from thakur.api import Host, create_app
from thakur.builds import BuildStatus
from thakur.cli import main
from thakur.logs import Level


@dataclass
class Ran:
    status: int
    out: str
    err: str


@pytest.fixture
def data_dir(monkeypatch, tmp_path):
    with tempfile.TemporaryDirectory(prefix="thakur-") as name:
        for variable in [name for name in os.environ if name.startswith("THAKUR_")]:
            monkeypatch.delenv(variable)
        monkeypatch.setenv("THAKUR_DATA_DIR", name)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        monkeypatch.chdir(tmp_path)
        yield Path(name)


@pytest.fixture
def thakur(data_dir, capsys) -> Callable[..., Ran]:
    def run(*argv: Any) -> Ran:
        capsys.readouterr()
        status = main([str(word) for word in argv])
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@dataclass
class Server:
    """The server's doubles; `call` runs a coroutine in its loop."""

    doubles: Doubles
    loop: asyncio.AbstractEventLoop
    stopping: asyncio.Event

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)


@pytest.fixture
def server(data_dir):
    doubles, stopping = Doubles(), asyncio.Event()
    (data_dir / "run").mkdir()

    async def operator(scope):
        return OPERATOR

    async def describe():
        return Host(
            version="0.1.0",
            pid=os.getpid(),
            data_dir=str(data_dir),
            address="127.0.0.1:8000",
            http="0.0.0.0:8080",
            base_domain="localhost",
        )

    def make_app():
        return create_app(doubles.services(), operator, stopping, describe_host=describe)

    with listening_apart(make_app, data_dir / "run" / "local.sock") as loop:
        yield Server(doubles, loop, stopping)


@pytest.fixture
def goes_live(server):
    """Builds succeed and go live, with two lines of log."""
    doubles = server.doubles

    async def pipeline(build):
        await doubles.logs.append(build.log_stream_id, entries("Installing", level=Level.DEPLOY))
        await doubles.logs.append(build.log_stream_id, entries("1 package installed"))
        doubles.builds.change(build, status=BuildStatus.SUCCEEDED)
        doubles.runtime.rows[build.project_id, build.number] = make_deployment(build.project_id, build.number)
        await doubles.logs.end(build.log_stream_id)

    doubles.builds.pipeline = pipeline
    return doubles


@dataclass
class Repository:
    """A git repository in a directory of the test."""

    path: Path

    def git(self, *argv: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
        done = subprocess.run(["git", *identity, "-C", self.path, *argv], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, files: dict[str, str], message: str = "Change") -> str:
        self.write(files)
        self.git("add", "--force", *files)
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path) -> Repository:
    found = Repository(tmp_path / "shop")
    found.path.mkdir()
    found.git("init", "-q")
    return found
