"""A `thakur serve` of the demo's own: on free ports, with a data directory that goes with it."""

import asyncio
import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

EXAMPLES = Path(__file__).resolve().parents[1]
READY_SECONDS = 90
STOP_SECONDS = 60
POLL_SECONDS = 0.05
LAST_LINES = 20
THAKUR = (sys.executable, "-m", "thakur")


class NotUp(Exception):
    """The server, or what it was to deploy, did not come up, or is not there any more."""


class DemoServer:
    """`github_url` is the GitHub that its dashboard offers to connect."""

    def __init__(self, data_dir: Path, github_url: str = "") -> None:
        self.data_dir = data_dir
        self.address = f"127.0.0.1:{free_port()}"
        self.http = f"127.0.0.1:{free_port()}"
        self._github = github_url
        self._log = data_dir.with_suffix(".log")
        self._process: asyncio.subprocess.Process | None = None

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("THAKUR_")}
        own = {
            "THAKUR_DATA_DIR": str(self.data_dir),
            "THAKUR_ADDRESS": self.address,
            "THAKUR_HTTP": self.http,
            # What the command line remembers of folders is the person's own; this goes with the demo.
            "XDG_CONFIG_HOME": str(self.data_dir.with_name("config")),
        }
        if not self._github:
            return kept | own
        # A GitHub on this host is spoken to without TLS, and reaches this server by itself.
        github = {
            "THAKUR_GITHUB_URL": self._github,
            "THAKUR_GIT_SCHEMES": "https,http",
            "THAKUR_GIT_HOSTS": "public,127.0.0.1",
            "THAKUR_GITHUB_PULL": "no",
        }
        return kept | own | github

    async def start(self, ended: asyncio.Event) -> bool:
        """Return when it is ready, or False when that is not wanted any more. Raises NotUp."""
        self.data_dir.mkdir(parents=True)
        # What it says when it is ready is said by the demo, in its own order.
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *THAKUR, "serve", env=self.env, cwd=self.data_dir, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and not ended.is_set():
            if self._process.returncode is not None:
                raise self._has_ended()
            if self.status(self.address, "/ready") == 200:
                return True
            await asyncio.sleep(POLL_SECONDS)
        if ended.is_set():
            return False
        raise NotUp(f"The server was not ready within {READY_SECONDS} s.")

    async def until(self, ended: asyncio.Event, meanwhile: Coroutine[Any, Any, None]) -> None:
        """Return when it was ended. Raises NotUp when the server ends before."""
        assert self._process is not None
        loop = asyncio.get_running_loop()
        waits = [loop.create_task(work) for work in (ended.wait(), self._process.wait(), meanwhile)]
        await asyncio.wait(waits[:2], return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        if not ended.is_set():
            raise self._has_ended()

    async def stop(self) -> None:
        """End it, with all that it runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
        await self._run("stop", says=False)

    async def deploy(self, folder: Path, project: str) -> dict[str, Any]:
        """Raises NotUp."""
        status, out = await self._run("deploy", str(folder), "--project", project, "--json")
        if status:
            raise NotUp("The example did not come up; its log stands above.")
        deployed: dict[str, Any] = json.loads(out)
        return deployed

    async def login_link(self) -> str:
        _, out = await self._run("login-link", says=False)
        return out.strip() or "thakur login-link failed"

    def answer(self, url: str) -> int:
        """What a visitor of the application gets."""
        # A name below localhost is known to browsers and curl, not to every resolver: the Host header says it.
        return self.status(self.http, "/", urlsplit(url).netloc)

    def status(self, address: str, path: str, host: str | None = None) -> int:
        connection = http.client.HTTPConnection(address, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": host} if host else {})
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def _has_ended(self) -> NotUp:
        assert self._process is not None
        last = self._log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return NotUp("\n".join([*last, f"The server has ended with status {self._process.returncode}."]))

    async def _run(self, *words: str, says: bool = True) -> tuple[int, str]:
        errors = None if says else asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *THAKUR, *words, env=self.env, stdout=asyncio.subprocess.PIPE, stderr=errors, start_new_session=True
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
