"""Every common framework, freshly generated, through a real server: live or named with its cause, and what it cost.

    make bench-frameworks                        all of them, one after the other (an hour or so on 2 cores)
    make bench-frameworks NAMES="next nuxt"      these
    make bench-frameworks NAMES=--list           the names

Each is a new project with an empty package cache, and is built by plain `bun install && bun run build` right afterwards, also
with an empty package cache. Both share the host with whatever else runs: the loads, at the begin of either, say how far to
trust a ratio. The registry of npm must be reachable. Ends with 1 when one is not live. Rows are kept in --results, so that a
table can be made of several runs.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.applications import APPLICATIONS, Application, GenerationFailed, environment
from bench.measuring import MEGABYTE, Peak, Sandboxes
from support.floors import Floor
from support.server import Done, Server
from support.waiting import wait_until

REQUESTS = 100
REMOVE_SECONDS = 60
STEPS = ("install", "build", "package", "start", "check", "switch")


@dataclass
class Row:
    """What became of one application. Seconds; megabytes; `plain` is what bun alone took; loads are those at either's begin."""

    name: str
    origin: str
    result: str = ""
    framework: str = ""
    is_live: bool = False
    steps: dict[str, float] = field(default_factory=dict)
    total: float | None = None
    plain: float | None = None
    plain_failed: str = ""
    plain_words: str = ""
    artifact_mb: float | None = None
    replica_mb: float | None = None
    build_mb: float | None = None
    build: str = ""
    load: float = 0.0
    plain_load: float = 0.0

    @property
    def ratio(self) -> float | None:
        return self.total / self.plain if self.total and self.plain and self.is_live else None

    @property
    def loads(self) -> str:
        return f"{self.load:.1f} {self.plain_load:.1f}"

    def cells(self) -> list[str]:
        steps = [_number(self.steps.get(name), 2) for name in STEPS]
        ratio = _number(self.ratio, 2)
        plain = _number(self.plain, 2) or self.plain_failed
        sizes = [_number(self.artifact_mb, 1), _number(self.replica_mb, 0), _number(self.build_mb, 0)]
        result = "live" if self.is_live else self.result
        return [
            self.name,
            self.origin,
            self.framework,
            *steps,
            _number(self.total, 2),
            plain,
            ratio,
            *sizes,
            self.loads,
            result,
        ]


HEADINGS = [
    "application",
    "from",
    "plan",
    *STEPS,
    "total",
    "plain bun",
    "ratio",
    "artifact MB",
    "PSS MB",
    "build MB",
    "loads",
    "result",
]


class Course:
    """Takes one application from nothing to live, and away again."""

    def __init__(self, server: Server, directory: Path) -> None:
        self._server = server
        self._directory = directory
        self._sandboxes = Sandboxes(server.data_dir)

    def run(self, application: Application) -> Row:
        row = Row(application.name, application.origin, load=round(os.getloadavg()[0], 1))
        place = self._directory / application.name
        folder = place / "app"
        place.mkdir(parents=True)
        try:
            application.write(folder)
            self._deploy(application, folder, row)
            self._plain(application, folder, row)
        except (GenerationFailed, subprocess.TimeoutExpired) as error:
            row.result = f"{type(error).__name__}: {error}"
        finally:
            self._remove(row.name)
            shutil.rmtree(place, ignore_errors=True)
        return row

    def _remove(self, name: str) -> None:
        self._server.run("projects", "delete", name, "--yes", check=False)
        # Else its replica and its artifact were counted as the next one's.
        wait_until(lambda: self._artifact_mb() is None and not self._sandboxes.pss_bytes(), REMOVE_SECONDS)

    def _deploy(self, application: Application, folder: Path, row: Row) -> None:
        self._server.run("projects", "create", row.name)
        if application.env:
            pairs = [f"{name}={value}" for name, value in application.env.items()]
            self._server.run("env", "set", *pairs, "--project", row.name)
        with Peak(self._sandboxes) as peak:
            done = self._server.run("deploy", str(folder), "--project", row.name, "--json", check=False)
        row.total = round(done.seconds, 2)
        row.build_mb = peak.highest / MEGABYTE or None
        self._look(application, row, done)

    def _look(self, application: Application, row: Row, done: Done) -> None:
        build = (self._server.builds(row.name) or [{}])[0]
        deployments: list[dict[str, Any]] = self._server.run("deployments", "--project", row.name, "--json").json()
        steps = [*build.get("steps", []), *(deployments[0]["steps"] if deployments else [])]
        row.steps = {step["name"]: step["seconds"] for step in steps if step.get("seconds") is not None}
        plan = build.get("plan") or {}
        row.build = " ".join(plan.get("build") or ())
        row.framework = f"{plan.get('framework') or 'none'}, {plan.get('kind', '?')}"
        row.artifact_mb = self._artifact_mb()
        if done.status:
            failure = (
                build.get("failure") or (deployments and deployments[0].get("failure")) or {"what": done.err.strip()}
            )
            row.result = " ".join(str(failure.get(part, "")) for part in ("code", "what", "why")).strip()
            return
        answers = [self._server.get(row.name) for _ in range(REQUESTS)]
        wrong = [answer for answer in answers if answer.status != 200 or application.word not in answer.text]
        row.replica_mb = self._sandboxes.pss_bytes() / MEGABYTE or None
        row.is_live = not wrong
        row.result = f"/ answers {wrong[0].status}: {wrong[0].text[:80]!r}" if wrong else ""

    def _artifact_mb(self) -> float | None:
        # The project is the only one. What lies there twice, as a file and in the pool, is one file with two names.
        # What is just being removed may be gone before it is looked at.
        sizes = {}
        for directory, _, names in os.walk(self._server.data_dir / "artifacts"):
            for name in names:
                with suppress(FileNotFoundError):
                    status = Path(directory, name).lstat()
                    sizes[status.st_ino] = status.st_size
        return sum(sizes.values()) / MEGABYTE or None

    def _plain(self, application: Application, folder: Path, row: Row) -> None:
        # Where there is no build script, the framework's own command is what both run.
        commands = [word.removeprefix("bun ") for word in row.build.split(" && ") if word.startswith("bun run ")]
        floor = Floor(folder.parent, folder, environment(application, folder), commands[-1].split() if commands else ())
        row.plain_load = round(os.getloadavg()[0], 1)
        try:
            row.plain = round(floor.cold(), 2)
        except subprocess.CalledProcessError as error:
            row.plain_failed = "fails"
            row.plain_words = ((error.stdout or b"") + (error.stderr or b"")).decode(errors="replace")[-1000:]
        except subprocess.TimeoutExpired:
            row.plain_failed = "hangs"


@contextmanager
def served() -> Iterator[tuple[Server, Path]]:
    """A server of its own, which leaves nothing behind."""
    base = Path(tempfile.mkdtemp(prefix="thakur-frameworks-"))
    base.chmod(0o755)
    server = Server(base / "data")
    try:
        server.start()
        yield server, base / "applications"
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()
        server.run("stop", check=False)
        shutil.rmtree(base, ignore_errors=True)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def table(rows: list[Row]) -> str:
    """The rows beneath headings, each column as wide as it needs."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _kept(path: Path | None) -> dict[str, Row]:
    if path is None or not path.is_file():
        return {}
    rows = [Row(**json.loads(line)) for line in path.read_text().splitlines()]
    return {row.name: row for row in rows}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.frameworks", description="A table of frameworks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which applications (default: all)")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument(
        "--results", type=Path, help="a file of rows that this run adds to, for a table of several runs"
    )
    options = parser.parse_args()
    known = {application.name: application for application in APPLICATIONS}
    if options.list:
        print("\n".join(known))
        return 0
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"no application is called {', '.join(unknown)}: see --list")
    kept = _kept(options.results)
    if options.names or not kept:
        _run([known[name] for name in options.names or known], kept, options.results)
    rows = [kept[name] for name in known if name in kept]
    print("\n" + table(rows))
    return 0 if all(row.is_live for row in rows) else 1


def _run(applications: list[Application], kept: dict[str, Row], results: Path | None) -> None:
    with served() as (server, directory):
        for application in applications:
            began = time.monotonic()
            row = kept[application.name] = Course(server, directory).run(application)
            if results is not None:
                with results.open("a") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
            outcome = "live" if row.is_live else row.result
            print(f"{row.name}: {outcome} ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
