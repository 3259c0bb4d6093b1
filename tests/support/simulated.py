"""A GitHub that is simulated, beside a real server's processes."""

import asyncio
import threading
from pathlib import Path
from typing import Any

from support.server import Server
from thakur.fakegithub import FakeApp, FakeGitHub


class Simulated:
    """The stand-in in a loop of its own, beside the server's processes."""

    def __init__(self, directory: Path, control_token: str = "") -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.github = FakeGitHub(directory, control_token)
        self.do(self.github.__aenter__())

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def call(self, act: Any, *words: Any, **more: Any) -> Any:
        """An act that is no coroutine, in the loop."""

        async def run() -> Any:
            return act(*words, **more)

        return self.do(run())

    def stop(self) -> None:
        self.do(self.github.__aexit__())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)


def add_app(server: Server, simulated: Simulated, app: FakeApp, directory: Path) -> None:
    """Add it to the server by what its owner was shown; the files are made in the directory."""
    secrets = {"client": app.client_secret, "key": app.private_key, "hook": app.webhook_secret}
    for name, text in secrets.items():
        (directory / name).write_text(text)
    words = ["github", "add", "--app-id", str(app.id), "--client-id", app.client_id, "--url", simulated.github.url]
    files = ["--client-secret-file", "client", "--private-key-file", "key", "--webhook-secret-file", "hook"]
    server.run(*words, *files, cwd=directory)
