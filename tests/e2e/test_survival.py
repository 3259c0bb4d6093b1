"""Three applications under load while parts of the platform die, come back and are replaced: visitors notice nothing."""

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bench.strict import Report, StrictLoad
from e2e.conftest import Figures
from support import releases, survivors
from support.remains import remains
from support.server import Server
from support.waiting import eventually

APPLICATIONS = ("amber", "birch", "cedar")
# Per application: connections that are kept, and clients that make one for each request.
KEPT, FRESH = 4, 4
PAUSE_SECONDS = 0.01
BEFORE, AFTER = 300, 600
BACK_SECONDS = 60
GONE_SECONDS = 20

SERVER = """\
Bun.serve({
  port: Number(process.env.PORT),
  async fetch() {
    await Bun.sleep(20 * Math.random())
    return new Response('hello from WORD')
  },
})
"""


LINES = 150
COUNT = f"""\
for (let number = 0; number < {LINES}; number++) {{
  console.log(`count ${{number}}`)
  await Bun.sleep(20)
}}
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="thakur-survival-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def surviving(place: Path) -> Iterator[Server]:
    """A server of this file's own, because it is killed again and again, with three applications."""
    server = Server(place / "data")
    server.start()
    for word in APPLICATIONS:
        (place / word).mkdir()
        (place / word / "server.ts").write_text(SERVER.replace("WORD", word))
        server.deploy(place / word, word)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.process.kill()
        server.process.wait()
    server.run("stop", check=False)


@asynccontextmanager
async def loaded(server: Server) -> AsyncIterator["Load"]:
    """All three under load, before, while and after whatever the block does."""
    async with AsyncExitStack() as running:
        loads = [
            await running.enter_async_context(
                StrictLoad(
                    server.http, f"{word}.localhost", [word], kept=KEPT, fresh=FRESH, pause_seconds=PAUSE_SECONDS
                )
            )
            for word in APPLICATIONS
        ]
        load = Load(loads)
        await load.go_on(BEFORE)
        yield load
        await load.go_on(AFTER)


class Load:
    def __init__(self, loads: list[StrictLoad]) -> None:
        self._loads = loads

    async def go_on(self, requests: int) -> None:
        await asyncio.gather(*(load.until(load.requests + requests) for load in self._loads))

    def told(self) -> str:
        reports = self.reports()
        return (
            f"failed {self.failed} of {sum(report.requests for report in reports)}, p99 "
            f"{max(report.p99_ms for report in reports):.0f} ms, longest {max(report.max_ms for report in reports):.0f} ms"
        )

    @property
    def failed(self) -> int:
        return sum(report.failed for report in self.reports())

    def reports(self) -> list[Report]:
        return [load.report() for load in self._loads]


class Visitor:
    """One connection, kept alive and mostly idle."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(server.http, timeout=20)
        self._connection.auto_open = 0
        self._connection.connect()

    def ask(self) -> tuple[int, str | None]:
        """The status, and what the answer says of the connection."""
        self._connection.request("GET", "/", headers={"Host": f"{APPLICATIONS[0]}.localhost"})
        answer = self._connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Connection")


async def restarted(server: Server, *, group: bool = False, number: int = signal.SIGKILL) -> float:
    """End `serve` so and start it again; returns the seconds until it had everything in its hands again."""
    assert server.process is not None
    if group:
        os.killpg(server.process.pid, number)
    else:
        server.process.send_signal(number)
    await asyncio.to_thread(server.process.wait, BACK_SECONDS)
    return await asyncio.to_thread(server.start)


@pytest.mark.parametrize("way", ["kill -9 of serve", "kill -9 of its process group", "SIGTERM"])
async def test_serve_ends_and_starts_again(surviving: Server, figures: Figures, way: str) -> None:
    data = surviving.data_dir
    workers, replicas = survivors.workers(data), survivors.replicas(data)

    async with loaded(surviving) as load:
        number = signal.SIGTERM if way == "SIGTERM" else signal.SIGKILL
        seconds = await restarted(surviving, group="group" in way, number=number)

    figures.add(f"{way}, then a start: {load.told()}; everything adopted after {seconds:.1f} s")
    assert load.failed == 0, load.reports()
    assert survivors.workers(data) == workers
    assert survivors.replicas(data) == replicas


async def test_proxy_workers_are_killed_one_by_one(surviving: Server, figures: Figures) -> None:
    for number, pid in enumerate(survivors.workers(surviving.data_dir)):
        async with loaded(surviving) as load:
            os.kill(pid, signal.SIGSTOP)
            held = survivors.connections(pid, surviving.http)
            began = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda gone=pid: gone not in survivors.workers(surviving.data_dir))
            seconds = time.monotonic() - began

        figures.add(
            f"kill -9 of proxy worker {number}, which held {held} connections: {load.told()}; "
            f"another one after {seconds:.1f} s"
        )
        assert load.failed <= held, load.reports()
        assert len(survivors.workers(surviving.data_dir)) == 2


@pytest.mark.parametrize("store", ["PostgreSQL", "Valkey"])
async def test_a_store_is_killed(surviving: Server, figures: Figures, store: str) -> None:
    data = surviving.data_dir
    replicas = survivors.replicas(data)
    killed = survivors.stores(data)[store]

    async with loaded(surviving) as load:
        began = time.monotonic()
        os.kill(killed, signal.SIGKILL)
        await eventually(lambda: survivors.stores(data).get(store, killed) != killed, within_seconds=BACK_SECONDS)
        await eventually(
            lambda: surviving.get_from(surviving.address, "/ready").status == 200, within_seconds=BACK_SECONDS
        )
        seconds = time.monotonic() - began

    figures.add(f"kill -9 of {store}: {load.told()}; ready again after {seconds:.1f} s")
    assert load.failed == 0, load.reports()
    assert survivors.replicas(data) == replicas


async def test_three_upgrades(surviving: Server, place: Path, figures: Figures) -> None:
    data = surviving.data_dir
    replicas = survivors.replicas(data)
    seen = set(survivors.workers(data))

    for version in ("1001.0.0", "1001.0.1", "1001.1.0"):
        python = await asyncio.to_thread(releases.install, place / version, version)
        before = survivors.workers(data)
        idle = Visitor(surviving)
        assert await asyncio.to_thread(idle.ask) == (200, None)
        async with loaded(surviving) as load:
            surviving.thakur = [python, "-m", "thakur"]
            surviving.settings["PYTHONPATH"] = ""
            seconds = await restarted(surviving, number=signal.SIGTERM)
            assert await asyncio.to_thread(idle.ask) == (200, "close"), "the old worker is still there for its visitor"
            began = time.monotonic()
            await eventually(lambda old=before: not any(map(survivors.is_alive, old)), within_seconds=GONE_SECONDS)
            gone_seconds = time.monotonic() - began

        figures.add(
            f"upgrade to {version}: {load.told()}; everything adopted after {seconds:.1f} s, "
            f"the old workers gone {gone_seconds:.1f} s later"
        )
        assert load.failed == 0, load.reports()
        assert not seen & set(survivors.workers(data)), "every worker is a new process"
        seen |= set(survivors.workers(data))

    assert len(survivors.workers(data)) == 2
    assert not survivors.leaving(data)
    assert survivors.replicas(data) == replicas
    host = surviving.run("doctor", "--json", check=False).out
    assert "1001.1.0" in host


@pytest.mark.parametrize("way", ["power cut", "reboot"])
async def test_everything_is_killed_at_once_and_comes_back(surviving: Server, figures: Figures, way: str) -> None:
    data = surviving.data_dir
    victims = kill_everything(surviving)
    if way == "reboot":
        survivors.forget_boot(data)

    began = time.monotonic()
    starting = asyncio.create_task(asyncio.to_thread(surviving.start))
    await all_answer(surviving)
    seconds = time.monotonic() - began
    await starting

    figures.add(f"everything killed at once, as by a {way}: all three answer {seconds:.1f} s after the start")
    assert not set(victims) & set(survivors.replicas(data).values())


async def test_applications_come_back_although_the_database_does_not(surviving: Server, figures: Figures) -> None:
    data = surviving.data_dir
    kill_everything(surviving)
    survivors.forget_boot(data)
    away = {"THAKUR_DATABASE_URL": "postgresql://127.0.0.1:1/away", "THAKUR_REDIS_URL": "redis://127.0.0.1:1"}

    began = time.monotonic()
    done = await asyncio.to_thread(surviving.run, "serve", check=False, settings=away)
    await all_answer(surviving)
    seconds = time.monotonic() - began

    figures.add(f"a reboot without the database: serve gives up, all three answer after {seconds:.1f} s")
    assert done.status == 1
    assert "does not answer" in done.err
    replicas = survivors.replicas(data)
    await asyncio.to_thread(surviving.start)
    assert survivors.replicas(data) == replicas


async def test_a_build_goes_on_after_the_process_group_was_killed(
    surviving: Server, place: Path, figures: Figures
) -> None:
    folder = place / "counted"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"name": "counted", "scripts": {"build": "bun count.ts"}}))
    (folder / "count.ts").write_text(COUNT)
    (folder / "server.ts").write_text(SERVER.replace("WORD", "counted"))
    deploying = asyncio.create_task(
        asyncio.to_thread(surviving.run, "deploy", str(folder), "--project", "counted", check=False)
    )
    await eventually(lambda: "count 30" in log_of(surviving, "counted"), within_seconds=BACK_SECONDS)

    async with loaded(surviving) as load:
        seconds = await restarted(surviving, group=True)
        began = time.monotonic()
        await eventually(lambda: surviving.get("counted").text == "hello from counted", within_seconds=BACK_SECONDS)
        live_seconds = time.monotonic() - began
    await deploying

    attempts = counted(log_of(surviving, "counted"))
    figures.add(
        f"kill -9 of the process group in the middle of a build: {load.told()}; adopted after {seconds:.1f} s, the build "
        f"ended and live {live_seconds:.1f} s later; lines of its attempts {[len(each) for each in attempts]} of {LINES}"
    )
    assert load.failed == 0, load.reports()
    assert len(attempts) == 2
    assert attempts[-1] == list(range(LINES))
    assert attempts[0] == list(range(len(attempts[0]))), "no line lost or doubled before the kill"


def kill_everything(server: Server) -> list[int]:
    """As a power cut does; returns whom."""
    data = server.data_dir
    victims = [*survivors.workers(data), *survivors.replicas(data).values(), *survivors.stores(data).values()]
    assert server.process is not None
    for pid in (server.process.pid, *victims):
        os.kill(pid, signal.SIGKILL)
    server.process.wait(BACK_SECONDS)
    return victims


async def all_answer(server: Server) -> None:
    for word in APPLICATIONS:
        await eventually(lambda name=word: server.get(name).text == f"hello from {name}", within_seconds=BACK_SECONDS)


def log_of(server: Server, project: str) -> str:
    return server.run("logs", "--build", "1", "--project", project, check=False).out


def counted(log: str) -> list[list[int]]:
    """The numbers that each attempt of the build has told."""
    attempts: list[list[int]] = []
    for line in log.splitlines():
        if found := re.search(r"count (\d+)$", line):
            number = int(found[1])
            if number == 0:
                attempts.append([])
            attempts[-1].append(number)
    return attempts


def test_after_all_that_the_end_leaves_nothing(surviving: Server) -> None:
    assert surviving.process is not None
    assert survivors.zombies(surviving.process.pid) == []
    surviving.stop(signal.SIGKILL)

    surviving.run("stop")

    assert remains(surviving.data_dir, surviving.address, surviving.http) == []
