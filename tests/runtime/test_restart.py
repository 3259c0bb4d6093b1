import pytest

from support.rollout_room import RolloutRoom
from thakur.runtime import NotActive


async def test_a_restart_gives_the_active_deployment_new_replicas(room: RolloutRoom) -> None:
    project = await room.project()
    deployment = await room.deployed(project)
    before = await room.activations()
    room.edge.calls.clear()

    asked = await room.rollouts.restart(room.principal, project.id, 1)
    assert (asked.status, asked.is_restarting) == ("active", True)
    await room.jobs.drain()

    assert room.edge.names() == ["restart", "check"]
    found = await room.get(project, 1)
    assert (found.status, found.is_restarting, found.failure) == ("active", False, None)
    assert (await room.texts(deployment))[-3:] == [
        f"{room.principal.actor} restarts #1.",
        "Health check GET / answered 200 after 0.10 s",
        "Deployment #1 was restarted",
    ]
    assert await room.has_ended_log(deployment)
    assert await room.activations() == before, "it was live all the time"


async def test_a_restart_is_given_the_deployments_own_env_vars(room: RolloutRoom) -> None:
    project = await room.project()
    room.env_vars.start = {"GREETING": "one"}
    deployment = await room.deployed(project)
    room.env_vars.start = {"GREETING": "two"}
    room.edge.orders.pop(deployment.id)

    await room.rollouts.restart(room.principal, project.id, 1)
    order = await room.runtime.order(await room.get(project, 1))

    assert order.env == {"GREETING": "one"}


async def test_a_restart_that_fails_says_why_and_what_serves(room: RolloutRoom) -> None:
    project = await room.project()
    deployment = await room.deployed(project)
    room.edge.refuses_to_check.add(deployment.id)

    await room.rollouts.restart(room.principal, project.id, 1)
    await room.jobs.drain()

    found = await room.get(project, 1)
    assert (found.status, found.is_restarting) == ("active", False)
    assert found.failure is not None
    assert found.failure.still_active == 1
    assert (await room.texts(deployment))[-1] == "Deployment #1 is still active."
    assert "discard" not in room.edge.names()

    room.edge.refuses_to_check.clear()
    await room.rollouts.restart(room.principal, project.id, 1)
    await room.jobs.drain()
    assert (await room.get(project, 1)).failure is None


async def test_a_deployment_that_was_replaced_is_not_restarted_any_more(room: RolloutRoom) -> None:
    project = await room.project()
    first = await room.deployed(project)
    waiting = await room.queued(project)
    claim = await room.claims.claim()
    assert claim is not None
    await room.rollouts.restart(room.principal, project.id, 1)

    await room.rollout.run(claim)
    await room.jobs.drain()

    assert await room.statuses(project) == {1: "standby", 2: "active"}
    assert ("restart", first.id) not in room.edge.calls
    assert not (await room.get(project, 1)).is_restarting
    with pytest.raises(NotActive):
        await room.rollouts.restart(room.principal, project.id, 1)
    assert waiting.id in room.edge.routed


async def test_asking_twice_restarts_once(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)

    for _ in range(2):
        await room.rollouts.restart(room.principal, project.id, 1)
    await room.jobs.drain()

    assert room.edge.names().count("restart") == 1
