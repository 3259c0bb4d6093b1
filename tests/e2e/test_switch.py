"""Switches under load: a client that never retries meets the old deployment or the new one, and nothing else."""

import asyncio
import itertools
import json
import os
import signal
import time
from pathlib import Path

import pytest

from bench.strict import StrictLoad
from e2e.conftest import Figures
from support.server import Server
from support.switching import saying
from support.waiting import eventually

REQUESTS = 10_000
SWITCHES = 5
WORDS = ("amber", "birch")


@pytest.mark.parametrize("path", ["/", "/slow"])
async def test_a_switch_loses_no_request(server: Server, tmp_path: Path, figures: Figures, path: str) -> None:
    project = f"switch-{path.strip('/') or 'quick'}"
    folder = tmp_path / "app"
    await asyncio.to_thread(server.deploy, saying(folder, WORDS[0]), project)
    switches = 0

    async with StrictLoad(server.http, f"{project}.localhost", WORDS, kept=20, fresh=20, path=path) as load:
        # One deploy after the other, each while the load goes on, until there were enough requests.
        for word in itertools.islice(itertools.cycle(reversed(WORDS)), 50):
            await load.until(load.requests + 500)
            await asyncio.to_thread(server.deploy, saying(folder, word), project)
            switches += 1
            live_at = time.monotonic()
            await load.until(load.requests + 500)
            (other,) = set(WORDS) - {word}
            assert load.last_sent[other] < live_at, "the old deployment answered a request sent after the switch"
            if load.requests >= REQUESTS and switches >= SWITCHES:
                break

    report = load.report()
    figures.add(
        f"{switches} switches under load of {path}: failed {report.failed} of {report.requests} {report.failures}, "
        f"{report.per_second:.0f}/s, p50 {report.p50_ms} ms, p99 {report.p99_ms} ms, max {report.max_ms} ms; {report.words}"
    )
    assert report.requests >= REQUESTS
    assert (report.failed, report.examples) == (0, [])
    assert set(report.words) == set(WORDS)


async def test_without_the_drain_the_same_load_reports_losses(server: Server, tmp_path: Path, figures: Figures) -> None:
    project = "switch-undrained"
    folder = tmp_path / "app"
    await asyncio.to_thread(server.deploy, saying(folder, WORDS[0]), project)
    old = _application(server, project)

    async with StrictLoad(server.http, f"{project}.localhost", WORDS, kept=20, fresh=20, path="/slow") as load:
        await load.until(200)
        deploying = asyncio.create_task(asyncio.to_thread(server.deploy, saying(folder, WORDS[1]), project))
        await eventually(lambda: WORDS[1] in load.report().words, within_seconds=60)
        # The first answer of the new one is there; whatever the old one still works on is lost with it.
        os.kill(old, signal.SIGKILL)
        await deploying
        await load.until(load.requests + 500)

    report = load.report()
    figures.add(f"the old replica killed at the switch: failed {report.failed} of {report.requests} {report.failures}")
    assert report.failed > 0


def _application(server: Server, project: str) -> int:
    state = json.loads((server.data_dir / "edge" / "state.json").read_text())
    (placement,) = (one for one in state["placements"] if one["order"]["project"] == project and one["is_routed"])
    return int(placement["replicas"][0]["identity"]["app"]["pid"])
