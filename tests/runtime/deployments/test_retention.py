import asyncio

import pytest
from sqlalchemy import text

from support.rollout_room import RolloutRoom
from support.waiting import eventually
from thakur.runtime import DeploymentStatus


async def test_the_ten_that_were_live_last_are_kept(room: RolloutRoom) -> None:
    project = await room.project()
    deployments = [await room.deployed(project) for _ in range(13)]

    await room.retention.sweep()

    assert room.artifacts.kept == {deployment.artifact_id for deployment in deployments[3:]}


async def test_one_that_came_back_counts_by_when_it_was_live(room: RolloutRoom) -> None:
    project = await room.project()
    deployments = [await room.deployed(project) for _ in range(12)]
    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.jobs.drain()
    await room.deployed(project)

    await room.retention.sweep()

    kept = room.artifacts.kept or set()
    assert deployments[0].artifact_id in kept
    assert deployments[3].artifact_id not in kept


async def test_previews_keep_what_is_active_and_standby_only(room: RolloutRoom) -> None:
    project = await room.project()
    deployments = [await room.deployed(project, environment="git-fix") for _ in range(4)]

    await room.retention.sweep()

    assert room.artifacts.kept == {deployment.artifact_id for deployment in deployments[2:]}


@pytest.mark.parametrize("status", [DeploymentStatus.QUEUED, DeploymentStatus.STARTING, DeploymentStatus.CHECKING])
async def test_what_is_under_way_is_kept(room: RolloutRoom, status: DeploymentStatus) -> None:
    project = await room.project()
    under_way = await room.queued(project)
    await room.change(under_way, status=status)

    await room.retention.sweep()

    assert room.artifacts.kept == {under_way.artifact_id}


async def test_the_newest_is_kept_though_it_failed(room: RolloutRoom) -> None:
    project = await room.project()
    first = await room.queued(project)
    room.edge.refuses_to_check.add(first.id)
    await room.jobs.drain()
    second = await room.queued(project)
    room.edge.refuses_to_check.add(second.id)
    await room.jobs.drain()

    await room.retention.sweep()

    assert room.artifacts.kept == {second.artifact_id}, "it can be deployed again once what it lacked is there"


async def test_a_sweep_retires_an_old_standby(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    await room.deployed(project)
    async with room.db.session() as session:
        await session.execute(text("UPDATE activations SET ended_at = ended_at - interval '25 hours'"))

    await room.retention.sweep()

    assert await room.statuses(project) == {1: "retired", 2: "active"}


async def test_a_rollout_wakes_the_sweep_and_a_failing_one_does_not_end_it(
    committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = committed_room
    sweeps = []

    async def failing() -> None:
        sweeps.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(room.retention, "sweep", failing)
    running = asyncio.ensure_future(room.retention.run())
    await eventually(lambda: len(sweeps) == 1)

    await room.deployed(await room.project())
    await eventually(lambda: len(sweeps) == 2)

    running.cancel()
    assert "retention failed" in caplog.text
