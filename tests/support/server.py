"""A real `thakur serve` in a process of its own, and its command line: what a person would type."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.waiting import wait_until

READY_SECONDS = 90
STOP_SECONDS = 60
COMMAND_SECONDS = 400


def python() -> str:
    """The interpreter whose `thakur` is tried: THAKUR_E2E_PYTHON names another, such as one with the built wheel."""
    return os.environ.get("THAKUR_E2E_PYTHON") or sys.executable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str
    seconds: float

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


@dataclass
class Server:
    """One data directory and the process that serves it."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    address: str = field(default_factory=lambda: f"127.0.0.1:{free_port()}")
    http: str = field(default_factory=lambda: f"127.0.0.1:{free_port()}")
    thakur: list[str] = field(default_factory=lambda: [python(), "-m", "thakur"])
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("THAKUR_", "PYTEST_"))}
        own = {"THAKUR_DATA_DIR": str(self.data_dir), "THAKUR_ADDRESS": self.address, "THAKUR_HTTP": self.http}
        return kept | own | self.settings

    @property
    def log(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    def start(self) -> float:
        """Start it; returns the seconds until it was ready."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.thakur, "serve"],
                env=self.env,
                cwd="/",
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        wait_until(self._is_ready, READY_SECONDS)
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
        return self.get_from(self.address, "/ready").status == 200

    def stop(self, number: int = signal.SIGINT) -> float:
        """Signal it and wait for its end; returns the seconds that took."""
        began = time.monotonic()
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(STOP_SECONDS)
        return time.monotonic() - began

    def run(
        self,
        *words: str,
        cwd: Path | str = "/",
        check: bool = True,
        text: str = "",
        settings: dict[str, str] | None = None,
    ) -> Done:
        """Run `thakur WORDS`, with other settings if given."""
        began = time.monotonic()
        done = subprocess.run(
            [*self.thakur, *words],
            env=self.env | (settings or {}),
            cwd=cwd,
            input=text,
            capture_output=True,
            check=False,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        if check:
            assert done.returncode == 0, f"thakur {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Done(done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def deploy(self, folder: Path, project: str) -> dict[str, Any]:
        """Deploy a folder and return what `--json` says of it."""
        return self.run("deploy", str(folder), "--project", project, "--json").json()

    def builds(self, project: str) -> list[dict[str, Any]]:
        """The project's builds, newest first."""
        found: list[dict[str, Any]] = self.run("builds", "--project", project, "--json").json()
        return found

    def steps(self, project: str) -> dict[str, float]:
        """The seconds of each step of the latest deploy, build and rollout."""
        deployment = self.run("deployments", "--project", project, "--json").json()[0]
        return {step["name"]: step["seconds"] for step in [*self.builds(project)[0]["steps"], *deployment["steps"]]}

    def get(self, project: str, path: str = "/", method: str = "GET", **headers: str) -> Answer:
        """Ask the proxy as a visitor of the project would."""
        return self.get_from(self.http, path, method, Host=f"{project}.localhost", **headers)

    def get_from(self, address: str, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection(address, timeout=20)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): headers[name] for name in headers})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, {}, str(error).encode())
        finally:
            connection.close()
