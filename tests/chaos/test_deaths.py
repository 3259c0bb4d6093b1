"""Parts of the platform are killed while three applications serve under load and a build runs: visitors notice nothing."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from support import survivors
from support.counting import LINES, CountingBuild, compared
from support.loads import loaded, saying
from support.remains import remains
from support.server import Server
from support.tables import Table
from support.waiting import eventually

SUBJECT = "deaths under load, while a build runs"
APPLICATIONS = ("amber", "birch", "cedar")
BACK_SECONDS = 90
# Of the build's lines, before something dies.
BEFORE_LINES = 60


class Death(Protocol):
    """`strike` kills and returns how many requests may fail; `recover` waits until all is in somebody's hands again.

    A build `is_cut` when who held its lease dies; it is built from its beginning then, and its log goes on.
    """

    is_cut: bool

    async def strike(self, server: Server) -> int: ...
    async def recover(self, server: Server) -> None: ...


@pytest.fixture(scope="module")
def surviving(bare: Server, place: Path) -> Server:
    for word in APPLICATIONS:
        bare.deploy(saying(place / word, word), word)
    bare.run("projects", "create", "counted")
    return bare


class ServeDies:
    is_cut = True

    def __init__(self, number: int, *, group: bool = False) -> None:
        self._number, self._group = number, group
        self._before: tuple[list[int], list[int]] = ([], [])

    async def strike(self, server: Server) -> int:
        assert server.process is not None
        self._before = _serving(server)
        if self._group:
            os.killpg(server.process.pid, self._number)
        else:
            server.process.send_signal(self._number)
        await asyncio.to_thread(server.process.wait, BACK_SECONDS)
        return 0

    async def recover(self, server: Server) -> None:
        await asyncio.to_thread(server.start)
        assert _serving(server) == self._before, "all of them were taken over as they were"


class ProxyWorkerDies:
    is_cut = False

    def __init__(self, number: int) -> None:
        self._number = number
        self._pid = 0

    async def strike(self, server: Server) -> int:
        self._pid = survivors.workers(server.data_dir)[self._number]
        # Stood still first, so that what it holds can be counted.
        os.kill(self._pid, signal.SIGSTOP)
        held = survivors.connections(self._pid, server.http)
        os.kill(self._pid, signal.SIGKILL)
        return held

    async def recover(self, server: Server) -> None:
        await eventually(lambda: self._pid not in survivors.workers(server.data_dir), within_seconds=BACK_SECONDS)
        assert len(survivors.workers(server.data_dir)) == 2


class StoreDies:
    is_cut = False

    def __init__(self, name: str) -> None:
        self._name = name
        self._pid = 0

    async def strike(self, server: Server) -> int:
        self._pid = survivors.stores(server.data_dir)[self._name]
        os.kill(self._pid, signal.SIGKILL)
        return 0

    async def recover(self, server: Server) -> None:
        def is_back() -> bool:
            there = survivors.stores(server.data_dir).get(self._name, self._pid) != self._pid
            return there and server.get_from(server.address, "/ready").status == 200

        await eventually(lambda: asyncio.to_thread(is_back), within_seconds=BACK_SECONDS)


def _serving(server: Server) -> tuple[list[int], list[int]]:
    replicas = survivors.replicas(server.data_dir)
    return survivors.workers(server.data_dir), [replicas[name] for name in APPLICATIONS]


DEATHS: dict[str, Death] = {
    "kill -9 of serve": ServeDies(signal.SIGKILL),
    "kill -9 of its process group": ServeDies(signal.SIGKILL, group=True),
    "SIGTERM of serve": ServeDies(signal.SIGTERM),
    "kill -9 of proxy worker 0": ProxyWorkerDies(0),
    "kill -9 of proxy worker 1": ProxyWorkerDies(1),
    "kill -9 of PostgreSQL": StoreDies("PostgreSQL"),
    "kill -9 of Valkey": StoreDies("Valkey"),
}


@pytest.mark.parametrize("case", DEATHS)
async def test_visitors_and_builds_outlive(surviving: Server, place: Path, table: Table, case: str) -> None:
    death = DEATHS[case]
    build = CountingBuild(surviving, place / "counted", "counted", case)

    async with loaded(surviving, APPLICATIONS) as load:
        deploying = asyncio.create_task(asyncio.to_thread(build.run))
        await eventually(lambda: asyncio.to_thread(lambda: build.count() > BEFORE_LINES), within_seconds=BACK_SECONDS)
        began, moment = time.monotonic(), datetime.now(UTC)
        may_fail = await death.strike(surviving)
        cut = build.written_so_far()
        recovering = asyncio.create_task(seconds_of(death.recover(surviving), began))
        await eventually(lambda: asyncio.to_thread(build.has_line_since, moment), within_seconds=BACK_SECONDS)
        goes_on = time.monotonic() - began
        adopted = await recovering
        done, live = await deploying, time.monotonic() - began

    *torn, whole = build.attempts()
    lost, doubled = compared(build.written(), whole)
    table.add(
        case=case,
        **load.cells(),
        may_fail=may_fail,
        all_adopted=f"{adopted:.1f} s",
        build_goes_on=f"{goes_on:.1f} s",
        ends_live=f"{live:.1f} s",
        its_log=f"{len(whole)} of {LINES} lines, lost {lost}, doubled {doubled}",
        cut_off_attempt=" and ".join(f"{len(each)} lines of {len(cut) or '?'}" for each in torn),
    )
    assert load.failed <= may_fail, load.examples
    assert done.status == 0, done.err
    assert (lost, doubled, len(whole)) == (0, 0, LINES)
    assert len(torn) == death.is_cut
    for attempt in torn:
        assert attempt == list(range(len(attempt))), "of an attempt that was cut off only the end may be missing"


async def seconds_of(work: Awaitable[None], began: float) -> float:
    await work
    return time.monotonic() - began


def test_after_all_that_the_end_leaves_nothing(surviving: Server, table: Table) -> None:
    assert surviving.process is not None
    assert survivors.zombies(surviving.process.pid) == []
    surviving.stop(signal.SIGKILL)

    surviving.run("stop")

    left = remains(surviving.data_dir, surviving.address, surviving.http)
    table.add(case="kill -9 of serve, then thakur stop", its_log=f"what is left: {left}")
    assert left == []
