"""Cancel and supersede with real processes: what a build started is gone in less than two seconds."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.build_house import BuildHouse
from support.building import TENANT_BASE, BuildPlace
from support.tarballs import packed_files
from support.waiting import eventually
from thakur.background import Tasks
from thakur.builds import Build, BuildStatus
from thakur.db import Database
from thakur.queue import BUILDS, Queue, Worker

GONE_SECONDS = 2.0
# Deaf children, one in a session of its own, and one that forks for ever.
BUSY = packed_files(
    {
        "package.json": """{"name": "busy", "scripts": {"preinstall": "sh busy.sh"}, "dependencies": {"left": "file:./left"}}""",
        "left/package.json": '{"name": "left", "version": "1.0.0"}',
        "index.ts": "",
        "busy.sh": """
trap '' TERM INT HUP
(trap '' TERM INT HUP; sleep 977) &
setsid sleep 977 &
(while true; do sleep 0.01; done) &
echo busy
wait
""",
    }
)
SITE = packed_files({"index.html": "hello"})


@pytest.fixture
async def house(committed_db: Database, redis_url: str, tmp_path: Path) -> AsyncIterator[BuildHouse]:
    """The room with a real sandbox, at work."""
    queue = Queue(redis_url)
    house = BuildHouse(committed_db, tmp_path / "data", queue)
    place = BuildPlace(tmp_path / "data", logs=house.logs, db=committed_db)
    house.place = place
    house.jobs = house.make_jobs()
    worker = Worker(redis_url, BUILDS, house.jobs.drain, 2, (house.jobs.renew, house.jobs.sweep))
    queue.attach(worker)
    tasks = Tasks()
    await house.logs.start()
    tasks.spawn(worker.run(), "worker")
    yield house
    await tasks.stop(20)
    await house.logs.stop()
    await queue.close()


async def busy(house: BuildHouse) -> Build:
    build = await house.request(await house.project(), BUSY)
    await eventually(lambda: said(house, build, "busy"), within_seconds=20)
    return build


async def said(house: BuildHouse, build: Build, line: str) -> bool:
    return line in await house.texts(build)


def processes(house: BuildHouse) -> list[str]:
    """The names of the sandboxes that have a process, and how many the tenant has."""
    return sorted(house.place.sandbox.names())


def tenants_processes(project_id: int) -> list[int]:
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                if path.stat().st_uid == TENANT_BASE + project_id:
                    found.append(int(path.name))
            except FileNotFoundError:
                continue
    return found


@pytest.mark.walk
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a tenant its own uid")
@pytest.mark.parametrize("by", ["person", "newer build"])
async def test_every_process_is_gone_in_two_seconds(house: BuildHouse, by: str) -> None:
    build = await busy(house)
    assert len(tenants_processes(build.project_id)) >= 4

    began = time.monotonic()
    if by == "person":
        await house.cancel(build)
    else:
        await house.request(await house.projects.by_id(build.project_id), SITE)
    await eventually(lambda: not tenants_processes(build.project_id), within_seconds=GONE_SECONDS)
    seconds = time.monotonic() - began

    print(f"processes gone {seconds * 1000:.0f} ms after {by}")
    assert seconds < GONE_SECONDS
    ending = "Canceled by operator" if by == "person" else "Superseded by #2"
    await eventually(lambda: said(house, build, ending))
    assert (await house.texts(build))[-1] == ending
    await asyncio.wait_for(ended(house, build), 2)
    if by == "newer build":
        newer = await eventually(lambda: house.consumer.heard, within_seconds=10)
        assert [ready.number for ready in newer] == [2]
    assert processes(house) == []
    assert not house.place.workspaces.is_used(build.project_id)
    expected = BuildStatus.CANCELED if by == "person" else BuildStatus.SUPERSEDED
    assert (await house.look(build)).status is expected


async def ended(house: BuildHouse, build: Build) -> None:
    async for _ in house.logs.tail(build.log_stream_id, 0):
        pass
