"""How a server begins and ends: what it leaves, what goes on without it, what keeps it from starting."""

import asyncio
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import Figures
from support.remains import processes, proportional_bytes, remains
from support.server import Server, free_port
from support.waiting import eventually, pass_time
from thakur.stores.programs import valkey_program

SLOW_SERVER = """\
let asked = 0
Bun.serve({
  port: Number(process.env.PORT),
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/asked') return new Response(String(asked))
    if (pathname === '/slow') {
      asked += 1
      await Bun.sleep(1500)
    }
    return new Response('hello from the application')
  },
})
"""
STARTS = 3
IDLE_SECONDS = 5
IDLE_BYTES = 150 * 1024 * 1024


@pytest.fixture
def place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="thakur-life-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def alone(place: Path) -> Iterator[Server]:
    """A server of this test's own, not started."""
    server = Server(place / "data")
    yield server
    if server.process is not None and server.process.poll() is None:
        server.process.kill()
        server.process.wait()
    server.run("stop", check=False)


def with_applications(server: Server, place: Path) -> None:
    """Start it with a server and a plain folder live on it."""
    server.start()
    for name, file, text in (("app", "server.ts", SLOW_SERVER), ("page", "index.html", "a plain page")):
        (place / name).mkdir()
        (place / name / file).write_text(text)
        server.deploy(place / name, name)


@pytest.mark.parametrize("way", ["SIGINT", "stop", "kill and stop"])
async def test_the_end_leaves_nothing(alone: Server, place: Path, figures: Figures, way: str) -> None:
    with_applications(alone, place)
    assert alone.process is not None
    assert len(processes(alone.data_dir)) > 6
    in_flight = asyncio.create_task(asyncio.to_thread(alone.get, "app", "/slow"))
    await eventually(lambda: alone.get("app", "/asked").text == "1")

    if way == "SIGINT":
        seconds = await asyncio.to_thread(alone.stop, signal.SIGINT)
        assert alone.process.returncode == 0
    else:
        if way == "kill and stop":
            alone.stop(signal.SIGKILL)
            assert alone.get("page").text == "a plain page"
        seconds = (await asyncio.to_thread(alone.run, "stop")).seconds
        alone.process.wait(5)

    answer = await in_flight
    figures.add(f"{way}: nothing is left after {seconds:.2f} s, with a request of 1.5 s in flight: {answer.status}")
    assert remains(alone.data_dir, alone.address, alone.http) == []
    assert answer.status == 200 or way == "kill and stop"


def test_serve_may_open_as_many_files_as_the_host_allows(alone: Server) -> None:
    alone.thakur = ["prlimit", "--nofile=512:4096", *alone.thakur]

    alone.start()

    assert alone.process is not None
    assert resource.prlimit(alone.process.pid, resource.RLIMIT_NOFILE) == (4096, 4096)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_applications_go_on_without_the_control_plane(alone: Server, place: Path, number: signal.Signals) -> None:
    with_applications(alone, place)

    alone.stop(number)

    assert alone.log.read_text().splitlines()[-1].startswith("Applications and the proxy go on serving.")
    assert alone.get("app").text == "hello from the application"
    assert alone.get("page").text == "a plain page"
    assert alone.get_from(alone.address, "/up").status == 0
    assert not [told for told in processes(alone.data_dir).values() if "postgres" in told or "valkey" in told]
    alone.start()
    assert alone.get("app").status == 200
    assert alone.get("page").text == "a plain page"
    assert [row["status"] for row in alone.run("deployments", "--project", "app", "--json").json()] == ["active"]


def test_a_killed_server_is_taken_over_by_the_next_start(alone: Server, place: Path) -> None:
    with_applications(alone, place)

    alone.stop(signal.SIGKILL)

    assert alone.get("app").status == 200
    alone.start()
    assert alone.get("app").status == 200
    assert alone.get("page").text == "a plain page"
    (place / "page" / "index.html").write_text("a second page")
    assert alone.deploy(place / "page", "page")["number"] == 2
    alone.stop()
    assert remains(alone.data_dir, alone.address, alone.http) == []


@pytest.mark.parametrize("variable", ["THAKUR_ADDRESS", "THAKUR_HTTP"])
def test_a_port_that_is_taken_ends_the_start_and_names_its_owner(alone: Server, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        alone.settings[variable] = f"127.0.0.1:{taken.getsockname()[1]}"

        done = alone.run("serve", check=False)

    assert done.status == 1
    assert f"is taken by {Path('/proc/self/comm').read_text().strip()} (pid {os.getpid()})" in done.err
    assert variable in done.err
    assert remains(alone.data_dir) == []


def test_a_second_server_on_the_same_data_directory_is_refused(alone: Server) -> None:
    alone.start()
    assert alone.process is not None

    second = Server(alone.data_dir).run("serve", check=False)

    assert second.status == 1
    assert second.err.startswith(f"Thakur already runs on {alone.data_dir}")
    assert f"process {alone.process.pid}." in second.err
    assert alone.get_from(alone.address, "/ready").status == 200


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("THAKUR_ADDRESS", "nonsense"),
        ("THAKUR_ADDRESS", "127.0.0.1"),
        ("THAKUR_HTTP", "127.0.0.1:99999"),
        ("THAKUR_HTTP", "192.0.2.1:8080"),
        ("THAKUR_BASE_DOMAIN", "-bad-"),
        ("THAKUR_DATABASE_URL", "mysql://someone:secret@host/name"),
        ("THAKUR_DATABASE_URL", "postgresql://someone:secret@host:port/name"),
        ("THAKUR_DATABASE_URL", "postgresql://someone:secret@127.0.0.1:1/name"),
        ("THAKUR_REDIS_URL", "http://someone:secret@host"),
        ("THAKUR_BUN", "/nonexistent"),
        ("THAKUR_DATA_DIR", "/etc/passwd"),
        ("THAKUR_DATA_DIR", "/proc/thakur"),
        ("THAKUR_SECRET_KEY_FILE", "/nonexistent/key"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_its_name(alone: Server, variable: str, value: str) -> None:
    alone.settings[variable] = value

    done = alone.run("serve", check=False)

    assert done.status == 1
    assert done.err.startswith(variable)
    told = [line for line in done.err.splitlines() if not line.startswith("\t")]
    assert len(told) == 2, "what is wrong, and what would be right"
    assert "secret" not in done.err
    assert remains(alone.data_dir) == []


def test_a_start_that_fails_late_leaves_no_proxy_worker(alone: Server) -> None:
    alone.start()
    alone.stop()
    alone.settings["THAKUR_DATABASE_URL"] = "postgresql://127.0.0.1:1/away"

    done = alone.run("serve", check=False)

    assert done.status == 1
    assert "THAKUR_DATABASE_URL" in done.err
    assert remains(alone.data_dir, alone.address, alone.http) == []


async def test_it_is_not_ready_while_its_redis_is_away(alone: Server) -> None:
    port = free_port()
    alone.settings["THAKUR_REDIS_URL"] = f"redis://:secret@127.0.0.1:{port}"
    alone.log.touch()
    starting = asyncio.create_task(asyncio.to_thread(alone.start))
    await eventually(lambda: "has started and is not ready yet" in alone.log.read_text(), within_seconds=60)

    assert alone.get_from(alone.address, "/ready").status == 503
    assert "THAKUR_REDIS_URL does not answer" in alone.log.read_text()
    assert "secret" not in alone.log.read_text()

    redis = subprocess.Popen(
        [
            str(valkey_program().path),
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--requirepass",
            "secret",
            "--save",
            "",
        ]
    )
    try:
        await starting
        assert alone.get_from(alone.address, "/ready").status == 200
        alone.stop()
    finally:
        redis.kill()
        redis.wait()


def test_a_data_directory_with_a_long_path_serves(place: Path) -> None:
    server = Server(place / ("long-" * 32) / "data")
    assert len(str(server.data_dir)) > 150
    try:
        with_applications(server, place)
        assert server.get("app").status == 200
        assert server.get("page").text == "a plain page"
    finally:
        server.stop()
    assert remains(server.data_dir, server.address, server.http) == []


def test_starts_are_quick_and_idling_is_cheap(alone: Server, figures: Figures) -> None:
    cold, warm, ends = [], [], []
    for _ in range(STARTS):
        shutil.rmtree(alone.data_dir, ignore_errors=True)
        cold.append(alone.start())
        ends.append(alone.stop())
        warm.append(alone.start())
        idle = _idle(alone)
        ends.append(alone.stop())

    figures.add(
        f"start cold {statistics.median(cold):.2f} s, warm {statistics.median(warm):.2f} s; "
        f"end {statistics.median(ends):.2f} s (medians of {STARTS}, {STARTS} and {2 * STARTS})"
    )
    total = sum(idle.values())
    megabytes = {name: round(size / 2**20, 1) for name, size in idle.items()}
    figures.add(f"idle for {IDLE_SECONDS} s: {total / 2**20:.0f} MB PSS with its stores: {megabytes}")
    assert total <= IDLE_BYTES


def _idle(server: Server) -> dict[str, int]:
    pass_time(IDLE_SECONDS)
    return proportional_bytes(server.data_dir)
