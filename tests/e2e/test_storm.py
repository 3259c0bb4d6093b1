"""Five thousand deliveries in ten seconds, doubled and shuffled: all are answered, and what is newest is built once."""

import asyncio
import itertools
import json
import random
import shutil
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from support.github import Clone
from support.server import Server
from support.simulated import Simulated, add_app
from support.waiting import eventually, wait_until
from thakur.fakegithub import FakeApp
from thakur.fakegithub.events.pushes import push_event
from thakur.fakegithub.signing import signed_headers

DELIVERIES = 5_000
REPEATED = 1_000
SECONDS = 10.0
LIVE_SECONDS = 60


@pytest.fixture
def base() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="thakur-e2e-storm-"))
    yield base
    shutil.rmtree(base, ignore_errors=True)


async def storm(url: str, app: FakeApp, bodies: list[bytes]) -> tuple[Counter[int], list[float]]:
    """Send them evenly over the time, a fifth of them twice; how they were answered, and after how long."""
    sent = [(str(uuid.uuid4()), random.choice(bodies)) for _ in range(DELIVERIES - REPEATED)]
    sent += random.sample(sent, REPEATED)
    random.shuffle(sent)
    statuses: Counter[int] = Counter()
    seconds: list[float] = []
    tasks: list[asyncio.Task[None]] = []

    async def one(guid: str, body: bytes) -> None:
        asked = time.monotonic()
        async with client.post(url, data=body, headers=signed_headers(app, "push", guid, body)) as answer:
            statuses[answer.status] += 1
        seconds.append(time.monotonic() - asked)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as client:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, each in enumerate(sent):
            loop.call_at(
                began + number * SECONDS / DELIVERIES, lambda each=each: tasks.append(loop.create_task(one(*each)))
            )
        await eventually(lambda: len(tasks) == DELIVERIES, 3 * SECONDS)
        await asyncio.gather(*tasks)
    return statuses, sorted(seconds)


def pss_mb(server: Server) -> float:
    assert server.process is not None
    rollup = Path(f"/proc/{server.process.pid}/smaps_rollup").read_text()
    return int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1]) / 1024


def test_a_storm_of_pushes_is_answered_and_ends_in_the_newest_commit(base, figures) -> None:
    simulated = Simulated(base / "github")
    settings = {"THAKUR_GIT_SCHEMES": "https,http", "THAKUR_GIT_HOSTS": "public,127.0.0.1", "THAKUR_GITHUB_PULL": "no"}
    server = Server(base / "data", settings)
    server.start()
    try:
        github = simulated.github
        hook = f"http://{server.address}/webhooks/github"
        app = simulated.call(github.add_app, "thakur", hook)
        add_app(server, simulated, app, base)
        made = simulated.do(github.add_repository("ada/stormy"))
        simulated.call(github.install, app, "ada", made)
        clone = Clone(base / "work", github.push_url(made))
        shas = [clone.commit({"index.html": "version 0"})]
        clone.git("push", "-q", "origin", "HEAD")
        server.run("projects", "create", "stormy", "--github", "ada/stormy")
        wait_until(lambda: server.get("stormy").text == "version 0", LIVE_SECONDS)

        # None of these is told of but by the storm.
        github.hooks.is_cut = True
        shas += [clone.commit({"index.html": f"version {number}"}) for number in range(1, 21)]
        clone.git("push", "-q", "origin", "HEAD")
        ada = simulated.call(github.state.people.account, "ada")
        steps = itertools.pairwise(shas)
        bodies = [
            json.dumps(simulated.call(push_event, made, "refs/heads/main", before, after, ada, github.url)).encode()
            for before, after in steps
        ]
        before_mb, asked = pss_mb(server), len(server.builds("stormy"))
        statuses, seconds = asyncio.run(storm(hook, app, bodies))
        began = time.monotonic()
        wait_until(lambda: server.get("stormy").text == "version 20", LIVE_SECONDS)
        live = time.monotonic() - began
        builds = len(server.builds("stormy")) - asked

        assert set(statuses) == {200, 202}
        assert statuses[202] == DELIVERIES - REPEATED
        assert builds == 1
        figures.add(
            f"storm: {DELIVERIES} deliveries in {SECONDS:.0f} s, {REPEATED} of them repeated: p50"
            f" {seconds[DELIVERIES // 2] * 1000:.0f} ms, p99 {seconds[DELIVERIES * 99 // 100] * 1000:.0f} ms, slowest"
            f" {seconds[-1] * 1000:.0f} ms; newest live {live:.1f} s after the last, {builds} build;"
            f" memory {before_mb:.0f} → {pss_mb(server):.0f} MB"
        )
    finally:
        server.stop()
        server.run("stop", check=False)
        simulated.stop()
