import asyncio

import pytest

from support.rollout_room import RolloutRoom
from support.waiting import eventually
from thakur.runtime import RolloutUnderWay, withdrawal


async def test_a_project_that_goes_is_withdrawn_from_every_edge(room: RolloutRoom) -> None:
    shop, blog = await room.project("shop"), await room.project("blog")
    await room.deployed(shop)
    kept = await room.deployed(blog)

    await room.withdrawal.project_deleted(shop.id)

    assert list(room.edge.orders) == [kept.id]


async def test_an_environment_that_goes_leaves_the_others_running(room: RolloutRoom) -> None:
    shop = await room.project("shop")
    kept = await room.deployed(shop)
    preview = await room.deployed(shop, environment="git-next")
    assert set(room.edge.orders) == {kept.id, preview.id}

    for _ in range(2):
        await room.withdrawal.environment_deleted(shop.id, preview.environment_id)

    assert list(room.edge.orders) == [kept.id]
    assert [order.deployment_id for order in await room.runtime.assigned(1)] == [kept.id]


async def test_a_rollout_is_ended_before_its_project_is_withdrawn(committed_room: RolloutRoom) -> None:
    room = committed_room
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.may_check.clear()
    draining = asyncio.ensure_future(room.jobs.drain())
    await eventually(lambda: ("check", waiting.id) in room.edge.calls)

    await asyncio.wait_for(room.withdrawal.project_deleted(project.id), 2)

    await draining
    assert await room.statuses(project) == {1: "canceled"}
    assert room.edge.orders == {}


async def test_a_restart_is_broken_off_too(committed_room: RolloutRoom) -> None:
    room = committed_room
    project = await room.project()
    await room.deployed(project)
    room.edge.may_check.clear()
    await room.rollouts.restart(room.principal, project.id, 1)
    draining = asyncio.ensure_future(room.jobs.drain())
    await eventually(lambda: "restart" in room.edge.names())

    await asyncio.wait_for(room.withdrawal.project_deleted(project.id), 2)

    await draining
    assert room.edge.orders == {}


async def test_a_rollout_that_another_process_holds_is_waited_for(
    room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawal, "SETTLE_SECONDS", 0.05)
    project = await room.project()
    await room.queued(project)
    await (await room.beside()).claims.claim()

    with pytest.raises(RolloutUnderWay):
        await room.withdrawal.project_deleted(project.id)

    assert room.edge.withdrawn == [], "the deletion's job asks again"
