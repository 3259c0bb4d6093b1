import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text

from support.rollout_room import RolloutRoom
from thakur.runtime import Deployment, DeploymentStatus

S = DeploymentStatus


async def test_a_deployment_is_made_once_however_often_its_build_is_announced(room: RolloutRoom) -> None:
    project = await room.project()
    ready = await room.built(project)

    await room.runtime.artifact_ready(ready)
    await room.runtime.artifact_ready(ready)

    assert await room.statuses(project) == {1: "queued"}


async def test_a_newer_deployment_supersedes_what_waits_and_what_is_rolling_out(room: RolloutRoom) -> None:
    project = await room.project()
    rolling, waiting = await room.queued(project), await room.queued(project)
    await room.change(rolling, status=S.CHECKING, lease_until=datetime.now(UTC) + timedelta(seconds=8))
    await room.change(waiting, status=S.QUEUED)

    await room.queued(project)

    assert await room.statuses(project) == {1: "superseded", 2: "superseded", 3: "queued"}
    assert "A newer deployment took this one's place." in await room.texts(rolling)


async def test_environments_do_not_supersede_each_other(room: RolloutRoom) -> None:
    project = await room.project()
    await room.queued(project)

    await room.queued(project, environment="git-fix")

    assert await room.statuses(project) == {1: "queued", 2: "queued"}


async def test_an_artifact_that_is_older_than_what_was_deployed_is_superseded_from_the_start(room: RolloutRoom) -> None:
    project = await room.project()
    late = await room.built(project)
    await room.deployed(project)

    await room.runtime.artifact_ready(late)

    assert await room.statuses(project) == {1: "superseded", 2: "active"}


async def test_a_build_that_ends_after_a_redeploy_is_deployed_all_the_same(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    late = await room.built(project)
    await room.rollouts.redeploy(room.principal, project.id, 1, "production")

    await room.runtime.artifact_ready(late)

    assert (await room.statuses(project))[2] == "queued", "a redeploy's number says nothing of its artifact's age"


async def test_an_automatic_deployment_waits_for_a_comeback(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    await room.deployed(project)
    await room.rollouts.rollback(room.principal, project.id, 1)

    await room.queued(project)

    assert await room.statuses(project) == {1: "starting", 2: "active", 3: "queued"}


async def test_bringing_back_ends_everything_else_that_is_under_way_there(room: RolloutRoom) -> None:
    project = await room.project()
    for _ in range(3):
        await room.deployed(project)
    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.queued(project)

    displaced = await room.store.bring_back((await room.get(project, 2)).id, room.principal)

    assert displaced is not None
    assert len(displaced) == 2
    assert await room.statuses(project) == {1: "retired", 2: "starting", 3: "active", 4: "superseded"}


@pytest.mark.parametrize("status", [S.ACTIVE, S.QUEUED, S.FAILED])
async def test_only_standby_and_retired_are_brought_back(room: RolloutRoom, status: S) -> None:
    deployment = await room.queued(await room.project())
    await room.change(deployment, status=status)

    assert await room.store.bring_back(deployment.id, room.principal) is None
    assert (await room.row(deployment)).status == status


@pytest.mark.parametrize(
    ("status", "returns_to", "end"),
    [(S.QUEUED, None, S.CANCELED), (S.CHECKING, None, S.CANCELED), (S.STARTING, "retired", S.RETIRED)],
)
async def test_a_cancel_ends_a_rollout_and_sends_a_comeback_back(
    room: RolloutRoom, status: S, returns_to: str | None, end: S
) -> None:
    deployment = await room.queued(await room.project())
    await room.change(deployment, status=status, returns_to=returns_to)

    assert await room.store.cancel(deployment.id)
    row = await room.row(deployment)
    assert (row.status, row.returns_to) == (end, None)
    assert row.lease_until is not None, "somebody must put its log and its edges in order"
    assert not await room.store.cancel(deployment.id)


@pytest.mark.parametrize("status", [S.ACTIVE, S.STANDBY, S.FAILED])
async def test_what_has_ended_cannot_be_canceled(room: RolloutRoom, status: S) -> None:
    deployment = await room.queued(await room.project())
    await room.change(deployment, status=status)

    assert not await room.store.cancel(deployment.id)
    assert (await room.row(deployment)).status == status


async def test_standby_is_retired_after_a_day(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    await room.deployed(project)
    assert await room.store.retire_old_standby() == 0

    async with room.db.session() as session:
        await session.execute(text("UPDATE activations SET ended_at = ended_at - interval '25 hours'"))

    assert await room.store.retire_old_standby() == 1
    assert await room.statuses(project) == {1: "retired", 2: "active"}


async def test_the_database_keeps_two_rollouts_of_an_environment_apart(committed_room: RolloutRoom) -> None:
    room = committed_room
    project = await room.project()
    deployments: list[Deployment] = [await room.deployed(project) for _ in range(3)]

    made = await asyncio.gather(*(room.store.bring_back(one.id, room.principal) for one in deployments[:2]))

    assert any(one is not None for one in made)
    rolling = [number for number, status in (await room.statuses(project)).items() if status == "starting"]
    assert len(rolling) == 1


async def test_an_edge_is_registered_once(room: RolloutRoom) -> None:
    first = await room.store.register_edge("there")

    assert await room.store.register_edge("there") == first


async def test_a_wanted_deployment_keeps_who_asked_and_why(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    principal = msgspec.structs.replace(room.principal, actor="grace")

    again = await room.rollouts.redeploy(principal, project.id, 1, "production")

    row = await room.row(again)
    assert (row.requested_by, row.actor, row.reason, row.build_id) == ("grace", "grace", "redeploy", None)
