"""The line of steps at the terminal's end, while a build and its deployment are under way."""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from thakur.cli.client import Client
from thakur.cli.output import progress, say
from thakur.cli.session import project_path
from thakur.cli.steps import RUNNING, Standing, pieces, standings
from thakur.errors import ThakurError

LOOK_SECONDS = 0.3


@contextmanager
def steps_shown(client: Client, project: str, number: int) -> Iterator[None]:
    """Show the steps as they go on; at the end they stay above what comes next. Nothing in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    line = _Line(client, project, number)
    thread = threading.Thread(target=line.run, name="steps", daemon=True)
    thread.start()
    try:
        yield
        line.look()
    finally:
        line.stopping.set()
        # A look at the server has a deadline of its own; the line is not worth waiting for it.
        thread.join(LOOK_SECONDS)
        line.settle()


class _Line:
    def __init__(self, client: Client, project: str, number: int) -> None:
        self.stopping = threading.Event()
        self._client = client
        self._project = project
        self._number = number
        self._found: list[Standing] = []
        self._since: dict[str, float] = {}

    def run(self) -> None:
        while not self.stopping.is_set():
            self.look()
            if self._found and not self.stopping.is_set():
                progress(*self._fitted())
            self.stopping.wait(LOOK_SECONDS)

    def look(self) -> None:
        """Ask how far it is. Who cannot be asked is asked again: following the log is what fails."""
        try:
            build = self._client.get(project_path(self._project, "builds", self._number))
            placed = build["status"] == "succeeded"
            path = project_path(self._project, "deployments", self._number)
            self._found = standings(build, self._client.get(path) if placed else None)
        except ThakurError:
            return

    def settle(self) -> None:
        progress()
        if self._found:
            say("".join(_plain(piece) for piece in self._fitted()))

    def _fitted(self) -> list[tuple[str, str]]:
        return pieces([self._timed(step) for step in self._found], shutil.get_terminal_size().columns - 1)

    def _timed(self, step: Standing) -> Standing:
        # By this machine's clock: the server's may be another one.
        if step.state != RUNNING:
            return step
        now = time.monotonic()
        return replace(step, seconds=now - self._since.setdefault(step.name, now))


def _plain(piece: tuple[str, str]) -> str:
    text, color = piece
    return f"\x1b[{color}m{text}\x1b[0m" if color else text
