"""Acts on deployments: what comes back, what is restarted, what is broken off, how fast, and what visitors notice."""

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.strict import StrictLoad
from e2e.conftest import Figures
from support.remains import processes
from support.server import Server
from support.waiting import eventually, pass_time
from thakur.cli.client import Client
from thakur.settings import ClientSettings

SERVER = """\
import { Hono } from 'hono'

const app = new Hono()
app.get('/', (c) => c.text(`hello from ${process.env.WORD}`))
const birth = String(Math.random())
app.get('/birth', (c) => c.text(birth))

export default app
"""
DEAF = """\
process.on('SIGTERM', () => console.log('not listening to you'))
console.log('thinking')
setInterval(() => {}, 1000)
"""
WORDS = ("amber", "birch")
ACTS = 5
DEATHS_AFTER = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0)


def application(folder: Path, source: str = SERVER, note: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "index.ts").write_text(f"{source}// {note}\n")
    (folder / "package.json").write_text(json.dumps({"name": "app", "dependencies": {"hono": "^4"}}))
    return folder


def two_deployments(server: Server, folder: Path, project: str) -> None:
    """#1 with the first word in its env vars, #2 with the second."""
    server.run("projects", "create", project)
    for word in WORDS:
        server.run("env", "set", f"WORD={word}", "--project", project)
        server.deploy(application(folder, note=word), project)


def act(server: Server, project: str, *words: str) -> dict[str, Any]:
    return server.run(*words, "--project", project, "--json").json()


@pytest.mark.quick
def test_a_rollback_takes_two_seconds_and_brings_the_env_vars_along(
    server: Server, tmp_path: Path, figures: Figures
) -> None:
    two_deployments(server, tmp_path / "app", "back")
    assert server.get("back").text == "hello from birch"

    done = act(server, "back", "rollback")

    assert (done["number"], done["status"]) == (1, "active")
    assert server.get("back").text == "hello from amber"
    figures.add(f"rollback to standby: {done['seconds']} s as the command tells it; steps {rollout(server, 'back', 1)}")
    assert done["seconds"] <= 2.0

    forth = act(server, "back", "rollback")
    assert (forth["number"], server.get("back").text) == (2, "hello from birch")


def rollout(server: Server, project: str, number: int) -> dict[str, float]:
    (row,) = (row for row in deployments(server, project) if row["number"] == number)
    return {step["name"]: step["seconds"] for step in row["steps"]}


async def test_rollbacks_restarts_and_redeploys_lose_no_request(
    server: Server, tmp_path: Path, figures: Figures
) -> None:
    await asyncio.to_thread(two_deployments, server, tmp_path / "app", "acts")
    seconds: dict[str, list[float]] = {"rollback": [], "restart": [], "redeploy": []}

    async with StrictLoad(server.http, "acts.localhost", WORDS, kept=20, fresh=20) as load:
        for _ in range(ACTS):
            for verb, taken in seconds.items():
                birth = server.get("acts", "/birth").text
                done = await asyncio.to_thread(act, server, "acts", verb)
                taken.append(done["seconds"])
                assert done["status"] == "active"
                assert server.get("acts", "/birth").text != birth
                await load.until(load.requests + 200)

    report = load.report()
    figures.add(
        f"{ACTS} rollbacks, restarts and redeploys under load: failed {report.failed} of {report.requests} "
        f"{report.failures}, {report.per_second:.0f}/s, p50 {report.p50_ms} ms, p99 {report.p99_ms} ms; seconds {seconds}"
    )
    assert (report.failed, report.examples) == (0, [])


@pytest.mark.quick
async def test_a_cancel_takes_two_seconds_and_leaves_what_is_live(
    server: Server, tmp_path: Path, figures: Figures
) -> None:
    await asyncio.to_thread(two_deployments, server, tmp_path / "app", "stop")
    live = replicas(server)
    deaf = application(tmp_path / "deaf", DEAF)
    deploying = asyncio.ensure_future(
        asyncio.to_thread(server.run, "deploy", str(deaf), "--project", "stop", check=False)
    )
    await eventually(lambda: "checking" in statuses(server, "stop"), 60)
    await eventually(lambda: replicas(server) - live, 10)

    # Asked without the command, whose own start is no part of it.
    client = Client(ClientSettings.from_env(server.env))
    began = time.monotonic()
    done = await asyncio.to_thread(client.post, "projects/stop/deployments/3/cancellation")
    answered = time.monotonic() - began
    await eventually(lambda: not replicas(server) - live, 10)
    gone = time.monotonic() - began

    assert done["status"] == "canceled"
    told = await deploying
    assert told.status == 1
    assert "was canceled" in told.err
    assert server.get("stop").text == "hello from birch"
    figures.add(f"cancel of a rollout whose application ignores SIGTERM: answered {answered:.2f} s, gone {gone:.2f} s")
    assert gone <= 2.0


async def test_whenever_the_server_dies_a_rollback_comes_to_its_end(
    alone: Server, tmp_path: Path, figures: Figures
) -> None:
    alone.start()
    await asyncio.to_thread(two_deployments, alone, tmp_path / "app", "dies")
    taken, ends = [], []
    for delay in DEATHS_AFTER:
        (standby,) = [row["number"] for row in deployments(alone, "dies") if row["status"] == "standby"]
        client = Client(ClientSettings.from_env(alone.env))
        client.post(f"projects/dies/deployments/{standby}/rollback")
        pass_time(delay)
        assert alone.process is not None
        alone.process.kill()
        alone.process.wait()
        began = time.monotonic()
        alone.start()

        await eventually(lambda: sorted(statuses(alone, "dies")) == ["active", "standby"], 30)
        taken.append(round(time.monotonic() - began, 1))
        live = active(alone, "dies")
        ends.append("came" if live == standby else "stayed")
        word = WORDS[live - 1]
        await eventually(lambda word=word: alone.get("dies").text == f"hello from {word}", 10)
        assert alone.run("logs", "-f", "--project", "dies", "--deployment", str(standby)).status == 0, (
            "its log has ended"
        )

    figures.add(f"server killed {DEATHS_AFTER} s after a rollback was asked for: at rest after {taken} s; it {ends}")
    assert ends == ["came"] * len(DEATHS_AFTER)


@pytest.fixture
def alone() -> Iterator[Server]:
    """A server of this test's own."""
    place = Path(tempfile.mkdtemp(prefix="thakur-die-"))
    place.chmod(0o755)
    server = Server(place / "data")
    yield server
    if server.process is not None and server.process.poll() is None:
        server.stop()
    server.run("stop", check=False)
    shutil.rmtree(place, ignore_errors=True)


def deployments(server: Server, project: str) -> list[dict[str, Any]]:
    return server.run("deployments", "--project", project, "--json").json()


def active(server: Server, project: str) -> int:
    (number,) = (row["number"] for row in deployments(server, project) if row["status"] == "active")
    return number


def replicas(server: Server) -> set[int]:
    return {pid for pid, told in processes(server.data_dir).items() if "replicas" in told or "index.ts" in told}


def statuses(server: Server, project: str) -> list[str]:
    return [row["status"] for row in deployments(server, project)]
