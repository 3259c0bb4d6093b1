"""A build that counts aloud and notes the same in a file of its own: what its log lost or doubled can be told."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from support.loads import saying
from support.server import Done, Server
from thakur.cli.client import Client
from thakur.cli.interface import Refused, ServerAbsent
from thakur.settings import ClientSettings

LINES = 400
PAGE = 500
# The file is written first: what is in the log and not in the file was made up.
COUNT = """\
import { appendFileSync } from 'node:fs'
for (let number = 0; number < LINES; number++) {
  appendFileSync('written.txt', `count ${number}\\n`)
  console.log(`count ${number}`)
  await Bun.sleep(20)
}
"""


class CountingBuild:
    """One deploy of it: `run` takes about ten seconds and ends live, whatever happens meanwhile."""

    def __init__(self, server: Server, folder: Path, project: str, mark: str) -> None:
        self._server = server
        self._project = project
        self._folder = saying(folder, project, "bun count.ts")
        # Another content each time, so that it is built and not reused.
        (folder / "count.ts").write_text(COUNT.replace("LINES", str(LINES)) + f"// {mark}\n")
        self._client = Client(ClientSettings.from_env(server.env))
        self._seen = 0
        self._latest = datetime.min.replace(tzinfo=UTC)
        self.number = len(self._asked("builds") or []) + 1

    def run(self) -> Done:
        return self._server.run("deploy", str(self._folder), "--project", self._project, check=False)

    def count(self) -> int:
        """How many of its lines can be read so far."""
        self._read_on()
        return self._seen

    def has_line_since(self, moment: datetime) -> bool:
        """Whether a line that was written after that can be read now."""
        self._read_on()
        return self._latest > moment

    def status(self) -> str:
        build = self._asked(f"builds/{self.number}")
        return str(build["status"]) if build else ""

    def attempts(self) -> list[list[int]]:
        """The numbers that each attempt has in the log."""
        attempts: list[list[int]] = []
        after = 0
        while lines := self._asked(f"builds/{self.number}/logs", limit=PAGE, after=after):
            after = lines[-1]["number"]
            for line in lines:
                if found := re.fullmatch(r"count (\d+)", line["text"]):
                    if int(found[1]) == 0 or not attempts:
                        attempts.append([])
                    attempts[-1].append(int(found[1]))
        return attempts

    def written_so_far(self) -> list[int]:
        """What the attempt that runs, or was cut off, has in its file."""
        for path in (self._server.data_dir / "builds").rglob("written.txt"):
            return _numbers(path.read_text())
        return []

    def written(self) -> list[int]:
        """What the attempt that went live has in its file."""
        return _numbers(self._server.get(self._project, "/written").text)

    def _read_on(self) -> None:
        while lines := self._asked(f"builds/{self.number}/logs", limit=PAGE, after=self._seen):
            self._seen = int(lines[-1]["number"])
            self._latest = datetime.fromisoformat(lines[-1]["at"])

    def _asked(self, path: str, **query: Any) -> Any:
        try:
            return self._client.get(f"projects/{self._project}/{path}", **query)
        except (ServerAbsent, Refused):
            return None


def compared(written: list[int], logged: list[int]) -> tuple[int, int]:
    """How many lines were lost and how many doubled or out of order."""
    lost = len(set(written) - set(logged))
    doubled = len(logged) - len(set(logged)) + sum(after <= before for before, after in pairwise(logged))
    return lost, doubled


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^count (\d+)$", text, re.MULTILINE)]
