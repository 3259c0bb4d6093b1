import asyncio

import pytest

from support.rollout_room import RolloutRoom
from support.waiting import eventually
from thakur.runtime.rollouts import watching


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.01)


async def test_what_the_edge_sees_is_in_the_log_while_it_checks(room: RolloutRoom) -> None:
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.may_check.clear()
    room.edge.sees = ["After 5 s: GET / answered 503. It has 55 s more."]
    draining = asyncio.get_running_loop().create_task(room.jobs.drain())

    await eventually(lambda: room.said(waiting, room.edge.sees[0]))
    room.edge.may_check.set()
    await draining

    assert (await room.texts(await room.get(project, 1))).count(room.edge.sees[0]) == 1


async def test_what_was_said_is_not_said_again_with_the_last_lines(room: RolloutRoom) -> None:
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.may_check.clear()
    room.edge.sees = ["last line"]
    room.edge.refuses_to_check.add(waiting.id)
    draining = asyncio.get_running_loop().create_task(room.jobs.drain())

    await eventually(lambda: room.said(waiting, "last line"))
    room.edge.may_check.set()
    await draining

    assert (await room.texts(await room.get(project, 1))).count("last line") == 1
