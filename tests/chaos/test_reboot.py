"""Everything is killed at once, as by a power cut or a reboot: the edge starts its assignments from its own files."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from support import survivors
from support.loads import saying
from support.server import Server
from support.tables import Table
from support.waiting import eventually

SUBJECT = "reboots"
APPLICATIONS = ("amber", "birch", "cedar")
BACK_SECONDS = 60
AWAY = {"THAKUR_DATABASE_URL": "postgresql://127.0.0.1:1/away", "THAKUR_REDIS_URL": "redis://127.0.0.1:1"}


@pytest.fixture(scope="module")
def serving(bare: Server, place: Path) -> Server:
    for word in APPLICATIONS:
        bare.deploy(saying(place / word, word), word)
    return bare


@pytest.mark.parametrize("way", ["power cut", "reboot"])
async def test_everything_comes_back(serving: Server, table: Table, way: str) -> None:
    victims = kill_everything(serving)
    if way == "reboot":
        survivors.forget_boot(serving.data_dir)

    began = time.monotonic()
    starting = asyncio.create_task(asyncio.to_thread(serving.start))
    answered = await all_answer(serving, began)
    ready = await starting

    table.add(case=way, all_three_answer=f"{answered:.1f} s", ready=f"{ready:.1f} s")
    assert not set(victims) & set(survivors.replicas(serving.data_dir).values())


async def test_applications_come_back_although_the_database_does_not(serving: Server, table: Table) -> None:
    kill_everything(serving)
    survivors.forget_boot(serving.data_dir)

    began = time.monotonic()
    starting = asyncio.create_task(asyncio.to_thread(serving.run, "serve", check=False, settings=AWAY))
    answered = await all_answer(serving, began)
    done = await starting

    table.add(case="reboot, the database away", all_three_answer=f"{answered:.1f} s", ready="never; it says why")
    assert done.status == 1
    assert "THAKUR_DATABASE_URL" in done.err
    replicas = survivors.replicas(serving.data_dir)
    await all_answer(serving, began)
    await asyncio.to_thread(serving.start)
    assert survivors.replicas(serving.data_dir) == replicas


def kill_everything(server: Server) -> list[int]:
    """As a power cut does; returns whom."""
    data = server.data_dir
    victims = [*survivors.workers(data), *survivors.replicas(data).values(), *survivors.stores(data).values()]
    assert server.process is not None
    for pid in (server.process.pid, *victims):
        os.kill(pid, 9)
    server.process.wait(BACK_SECONDS)
    return victims


async def all_answer(server: Server, began: float) -> float:
    def answer() -> bool:
        return all(server.get(name).text == f"hello from {name}" for name in APPLICATIONS)

    await eventually(lambda: asyncio.to_thread(answer), within_seconds=BACK_SECONDS)
    return time.monotonic() - began
