import asyncio

import pytest

from support.rollout_room import RolloutRoom
from support.waiting import eventually
from thakur.projects import Project
from thakur.runtime import Deployment, NotActive
from thakur.runtime.rollouts import jobs


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


async def restarting(room: RolloutRoom, project: Project) -> tuple[Deployment, asyncio.Future[None]]:
    """A restart that waits at its health check."""
    deployment = await room.deployed(project)
    room.edge.may_check.clear()
    await room.rollouts.restart(room.principal, project.id, deployment.number)
    draining = asyncio.ensure_future(room.jobs.drain())
    await eventually(lambda: "restart" in room.edge.names())
    return deployment, draining


async def test_a_restart_can_be_canceled(committed_room: RolloutRoom) -> None:
    room = committed_room
    project = await room.project()
    deployment, draining = await restarting(room, project)

    canceled = await room.rollouts.cancel(room.principal, project.id, 1)
    await asyncio.wait_for(draining, 2)

    assert (canceled.status, canceled.is_restarting) == ("active", False)
    assert (await room.get(project, 1)).failure == canceled.failure
    assert canceled.failure is not None
    assert canceled.failure.code == "restart_broken_off"
    assert await room.has_ended_log(deployment)
    assert deployment.id in room.edge.routed


async def test_a_restart_gives_way_to_a_newer_deployment(
    committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.02)
    room = committed_room
    project = await room.project()
    deployment, draining = await restarting(room, project)

    await room.queued(project)
    await eventually(lambda: room.has_ended_log(deployment))
    room.edge.may_check.set()
    await draining

    assert await room.statuses(project) == {1: "standby", 2: "active"}
    assert "The restart of #1 was broken off before its switch." in await room.texts(deployment)


async def test_a_restart_that_nobody_has_begun_can_be_canceled_too(room: RolloutRoom) -> None:
    project = await room.project()
    deployment = await room.deployed(project)
    await room.rollouts.restart(room.principal, project.id, 1)

    await room.rollouts.cancel(room.principal, project.id, 1)
    await room.jobs.drain()

    assert "restart" not in room.edge.names()
    assert await room.has_ended_log(deployment)
    assert (await room.row(deployment)).lease_until is None
