"""Logs under cuts, restarts and a crowd: every viewer's lines against the table and against what the build itself kept."""

import asyncio
import json
import os
import random
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from e2e.conftest import Figures
from e2e.test_roles import READY_SECONDS, ROLES, Split
from support.log_viewers import Viewer
from support.server import Done, Server
from support.waiting import eventually, wait_until
from thakur.logs import DAY_LINES
from thakur.runtime.edge.tailing.growing import MOST_BYTES

PRINTER = Path(__file__).parents[1] / "apps" / "printer"
FLOODS = PRINTER.parent / "floods.ts"
LINES, RATE = 20_000, 2_500
VIEWERS, CUTS = 20, 20
CROWD, CROWD_LINES, CROWD_RATE = 1_000, 3_000, 100
# More at once would only try again and again, and take the time from the server that is measured.
AT_THE_DOOR = 50
PRINTED = re.compile(r"run (\w+) line (\d+) at (\d+)")


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be killed."""
    base = Path(tempfile.mkdtemp(prefix="thakur-logs-"))
    server = Server(base / "data")
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()
        server.run("stop", check=False)
        shutil.rmtree(base, ignore_errors=True)


class Roles:
    """A server whose roles are processes of their own."""

    def __init__(self, server: Split) -> None:
        self.server = server
        self.processes = {role: server.start_role(role) for role in ROLES}
        wait_until(server.is_answering, READY_SECONDS)

    def again(self, role: str, number: int) -> None:
        """End a role with a signal and start it again at once."""
        self.processes[role].send_signal(number)
        self.processes[role].wait(READY_SECONDS)
        self.processes[role] = self.server.start_role(role)

    def stop(self) -> None:
        self.server.run("stop", check=False)
        for process in self.processes.values():
            process.wait(READY_SECONDS)


@pytest.fixture
def roles() -> Iterator[Roles]:
    base = Path(tempfile.mkdtemp(prefix="thakur-logs-"))
    split = Roles(Split(base / "data"))
    try:
        yield split
    finally:
        split.stop()
        shutil.rmtree(base, ignore_errors=True)


def printer(folder: Path, lines: int, rate: int) -> Path:
    shutil.copytree(PRINTER, folder)
    (folder / "pace.json").write_text(json.dumps({"total": lines, "rate": rate}))
    return folder


def stored(server: Server, number: int = 1) -> list[tuple[int, str, str]]:
    """The rows of the build's log, straight from the table."""
    (socket,) = server.data_dir.rglob(".s.PGSQL.5432")
    with psycopg.connect(host=str(socket.parent), user="thakur", dbname="thakur") as connection:
        return connection.execute(
            "SELECT l.number, l.level, l.text FROM build_lines l JOIN log_streams s ON s.id = l.stream_id"
            " WHERE s.kind = 'build' AND s.number = %s ORDER BY l.number",
            [number],
        ).fetchall()


def kept_by_the_build(server: Server) -> list[str]:
    """What the build that runs, or ran until a moment ago, wrote into a file of its own."""
    files = list((server.data_dir / "builds").rglob("printed.txt"))
    return files[0].read_text().splitlines() if files else []


def printed(texts: list[str]) -> dict[str, list[int]]:
    """The numbers that each run printed, in the order of the log."""
    runs: dict[str, list[int]] = {}
    for text in texts:
        if found := PRINTED.match(text):
            runs.setdefault(found[1], []).append(int(found[2]))
    return runs


async def begun(server: Server, lines: int, attempt: int) -> None:
    """Return when the build's `attempt` has so many lines in the table."""

    def is_there() -> bool:
        runs = list(printed([text for _, _, text in stored(server)]).values())
        return len(runs) >= attempt and len(runs[attempt - 1]) >= lines

    await eventually(lambda: asyncio.to_thread(is_there), within_seconds=60)


async def test_no_line_is_lost_or_doubled_over_cuts_and_restarts(
    own_server: Server, tmp_path: Path, figures: Figures
) -> None:
    server = own_server
    folder = printer(tmp_path / "printer", LINES, RATE)
    deploying = asyncio.ensure_future(
        asyncio.to_thread(server.run, "deploy", str(folder), "--project", "printer", check=False)
    )
    url = "/api/v1/projects/printer/builds/1/logs"
    viewers = [Viewer(_socket(server), url, cuts=CUTS, chance=random.Random(seed)) for seed in range(VIEWERS)]
    watching = [asyncio.ensure_future(viewer.watch()) for viewer in viewers]

    await begun(server, LINES // 4, attempt=1)
    await asyncio.to_thread(server.stop, signal.SIGTERM)
    ready_after_term = await asyncio.to_thread(server.start)
    await begun(server, LINES // 4, attempt=2)
    await asyncio.to_thread(server.stop, signal.SIGKILL)
    kept = kept_by_the_build(server)
    ready_after_kill = await asyncio.to_thread(server.start)
    await asyncio.wait_for(asyncio.gather(*watching), 120)
    deployed: Done = await deploying

    rows = stored(server)
    texts = [text for _, _, text in rows]
    assert deployed.status == 0, deployed.err
    assert [number for number, _, _ in rows] == list(range(1, len(rows) + 1))
    for viewer in viewers:
        assert [(line["number"], line["level"], line["text"]) for line in viewer.lines] == rows
    assert {viewer.cuts for viewer in viewers} == {0}, "not all were cut off as often as they should have been"
    runs = printed(texts)
    first, second, last = runs.values()
    for numbers in (first, second):
        assert numbers == list(range(len(numbers)))
    assert last == list(range(LINES))
    assert [text for text in texts if text.startswith(f"run {list(runs)[2]} line")] == server.get(
        "printer"
    ).text.splitlines()
    again = [text for text in texts if text.startswith("Attempt ")]
    assert [text.partition(":")[0] for text in again] == ["Attempt 2 begins", "Attempt 3 begins"]
    seen_by_the_cli = [text for text in deployed.err.splitlines() if PRINTED.match(text)]
    assert seen_by_the_cli == [text for text in texts if PRINTED.match(text)]
    assert deployed.err.count("The connection broke") <= 2
    of_killed = [text for text in kept if text.startswith(f"run {list(runs)[1]} line")]
    took = next(text for text in texts if text.startswith(f"run {list(runs)[2]} took"))
    figures.add(
        f"logs: {len(rows)} lines in 3 attempts to {VIEWERS} viewers over {sum(v.connections for v in viewers)}"
        f" connections: lost 0, doubled 0; the last attempt's {LINES} lines: {took.partition('took ')[2]};"
        f" ready {ready_after_term:.1f} s after SIGTERM, {ready_after_kill:.1f} s after kill -9, which cost"
        f" {len(of_killed) - len(second)} lines that the build had printed and nobody had stored"
    )


async def test_no_line_is_lost_or_doubled_over_three_processes(roles: Roles, tmp_path: Path, figures: Figures) -> None:
    server = roles.server
    folder = printer(tmp_path / "printer", LINES, RATE)
    deploying = asyncio.ensure_future(
        asyncio.to_thread(server.run, "deploy", str(folder), "--project", "printer", check=False)
    )
    url = "/api/v1/projects/printer/builds/1/logs"
    viewers = [Viewer(_socket(server), url, cuts=CUTS, chance=random.Random(seed)) for seed in range(VIEWERS)]
    watching = [asyncio.ensure_future(viewer.watch()) for viewer in viewers]

    await begun(server, LINES // 8, attempt=1)
    await asyncio.to_thread(roles.again, "api", signal.SIGTERM)
    await begun(server, LINES // 2, attempt=1)
    await asyncio.to_thread(roles.again, "api", signal.SIGKILL)
    await begun(server, LINES * 3 // 4, attempt=1)
    await asyncio.to_thread(roles.again, "worker", signal.SIGKILL)
    await asyncio.wait_for(asyncio.gather(*watching), 120)
    deployed: Done = await deploying

    rows = stored(server)
    assert deployed.status == 0, deployed.err
    assert [number for number, _, _ in rows] == list(range(1, len(rows) + 1))
    for viewer in viewers:
        assert [(line["number"], line["level"], line["text"]) for line in viewer.lines] == rows
    texts = [text for _, _, text in rows]
    first, last = printed(texts).values()
    assert first == list(range(len(first)))
    assert last == list(range(LINES))
    kept = server.get("printer").text.splitlines()
    assert [text for text in texts if PRINTED.match(text)][len(first) :] == kept
    figures.add(
        f"logs over three processes: {len(rows)} lines in 2 attempts to {VIEWERS} viewers over"
        f" {sum(viewer.connections for viewer in viewers)} connections; api ended twice, worker killed: lost 0, doubled 0"
    )


@pytest.mark.parametrize("shape", ["all", "roles"])
async def test_a_crowd_sees_lines_soon(
    shape: str, request: pytest.FixtureRequest, tmp_path: Path, figures: Figures
) -> None:
    server = request.getfixturevalue("own_server") if shape == "all" else request.getfixturevalue("roles").server
    folder = printer(tmp_path / "crowd", CROWD_LINES, CROWD_RATE)
    deploying = asyncio.ensure_future(asyncio.to_thread(server.run, "deploy", str(folder), "--project", "crowd"))
    await eventually(lambda: asyncio.to_thread(_is_building, server, "crowd"), within_seconds=30)
    came_at = time.time()
    turns = asyncio.Semaphore(AT_THE_DOOR)
    crowd = [_Onlooker(_socket(server), "/api/v1/projects/crowd/builds/1/logs", turns) for _ in range(CROWD)]
    watching = asyncio.gather(*(onlooker.watch() for onlooker in crowd))
    await eventually(lambda: all(onlooker.waits for onlooker in crowd), within_seconds=60)
    there_at = time.time()
    await asyncio.wait_for(watching, 120)
    await deploying

    rows = stored(server)
    assert [onlooker.count for onlooker in crowd] == [len(rows)] * CROWD
    waits = sorted(wait for onlooker in crowd for at, wait in onlooker.waits if at > there_at * 1000)
    assert len(waits) > 30 * CROWD, "the crowd came too late: this test means nothing"
    p50, p99 = (waits[int(len(waits) * part)] for part in (0.5, 0.99))
    figures.add(
        f"logs, {shape}: {CROWD} viewers on one build of {CROWD_RATE} lines a second, from the line to the viewer over HTTP:"
        f" p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {waits[-1]:.0f} ms; all at once they came in"
        f" {there_at - came_at:.1f} s"
    )
    assert p99 < 5_000


async def test_a_flood_fills_neither_the_disk_nor_the_table_and_holds_nobody_up(
    own_server: Server, tmp_path: Path, figures: Figures
) -> None:
    server = own_server
    folder = tmp_path / "flood"
    folder.mkdir()
    shutil.copy(FLOODS, folder / "index.ts")
    (folder / "package.json").write_text(json.dumps({"name": "flood", "scripts": {"start": "bun index.ts"}}))
    await asyncio.to_thread(server.deploy, folder, "flood")
    (output,) = (server.data_dir / "edge" / "replicas").rglob("output.log")
    largest_bytes, answers = 0, []

    def is_cut() -> bool:
        nonlocal largest_bytes
        largest_bytes = max(largest_bytes, output.stat().st_blocks * 512)
        began = time.monotonic()
        assert server.get_from(server.address, "/ready").status == 200
        answers.append(time.monotonic() - began)
        return any("were dropped" in line["text"] for line in _runtime_lines(server, "flood"))

    await eventually(lambda: asyncio.to_thread(is_cut), within_seconds=180)

    written = int(server.get("flood").text)
    rows = _count_runtime_lines(server)
    (day,) = _days(server)
    answers.sort()
    figures.add(
        f"flood: {written:,} lines written, {rows:,} stored, {day['dropped_lines']:,} counted since told; output.log at"
        f" most {largest_bytes / 1e6:.0f} MB; /ready p50 {answers[len(answers) // 2] * 1000:.0f} ms,"
        f" longest {answers[-1] * 1000:.0f} ms; serve's CPU {_cpu_seconds(server):.0f} s"
    )
    assert rows <= DAY_LINES + 100
    assert largest_bytes < 2 * MOST_BYTES
    assert answers[-1] < 2


def _socket(server: Server) -> Path:
    return server.data_dir / "run" / "local.sock"


def _runtime_lines(server: Server, project: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = server.run("logs", "--project", project, "--last", "20", "--json").json()
    return lines


def _rows(server: Server, query: str) -> list[Any]:
    (socket,) = server.data_dir.rglob(".s.PGSQL.5432")
    with psycopg.connect(host=str(socket.parent), user="thakur", dbname="thakur") as connection:
        return [row[0] for row in connection.execute(query.encode()).fetchall()]


def _count_runtime_lines(server: Server) -> int:
    return int(_rows(server, "SELECT count(*) FROM runtime_lines")[0])


def _days(server: Server) -> list[dict[str, Any]]:
    return _rows(server, "SELECT day FROM log_streams WHERE kind = 'runtime' AND day IS NOT NULL")


def _cpu_seconds(server: Server) -> float:
    assert server.process is not None
    spent = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def _is_building(server: Server, project: str) -> bool:
    done = server.run("builds", "--project", project, "--json", check=False)
    return done.status == 0 and bool(done.json())


class _Onlooker(Viewer):
    """One of many: it looks at what comes only as far as the time of the first line, so that looking costs little."""

    def __init__(self, socket_path: Path, url: str, turns: asyncio.Semaphore) -> None:
        super().__init__(socket_path, url)
        self.turns = turns
        self.count = 0
        self.waits: list[tuple[int, float]] = []

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with self.turns:
            return await super()._connect()

    def _take(self, data: bytes) -> bytes:
        now = time.time() * 1000
        end = data.rfind(b"\n\n") + 2
        self.count += data.count(b"id: ", 0, end)
        found = re.search(rb"line \d+ at (\d+)", data[:end])
        if found:
            self.waits.append((int(found[1]), now - int(found[1])))
        self.has_ended = b"event: end\n" in data
        return data[end:]
