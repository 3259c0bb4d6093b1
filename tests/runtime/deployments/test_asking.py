import msgspec
import pytest

from support.rollout_room import STATIC, RolloutRoom
from thakur.errors import Conflict
from thakur.queue import ROLLOUTS
from thakur.runtime import (
    AlreadyActive,
    DeploymentNotFound,
    EnvironmentUnknown,
    NeverActive,
    NothingToCancel,
    NothingToRestart,
    Rollouts,
)


async def test_a_rollback_begins_at_once_and_says_who_asked(room: RolloutRoom) -> None:
    _: Rollouts = room.rollouts
    project = await room.project()
    first = await room.deployed(project)
    await room.deployed(project)
    room.queue.wakes.clear()

    asked = await room.rollouts.rollback(room.principal, project.id, 1)

    assert (asked.status, asked.reason) == ("starting", "rollback")
    assert room.queue.wakes == [ROLLOUTS]
    assert not await room.has_ended_log(first), "its log goes on"
    assert (await room.texts(first))[-1] == f"{room.principal.actor} brings #1 back; it was standby."


async def test_asking_again_while_it_comes_changes_nothing(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    await room.deployed(project)

    first = await room.rollouts.rollback(room.principal, project.id, 1)
    second = await room.rollouts.rollback(room.principal, project.id, 1)

    assert first == second


async def test_a_rollback_takes_precedence_over_what_is_under_way(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    await room.deployed(project)
    waiting = await room.queued(project)

    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.jobs.drain()

    assert await room.statuses(project) == {1: "active", 2: "standby", 3: "superseded"}
    assert (await room.texts(waiting))[-1] == "#1 was brought back and took this one's place."
    assert await room.has_ended_log(waiting)


async def test_the_log_of_a_rollback_that_a_worker_finished_first_is_ended(
    room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await room.project()
    first = await room.deployed(project)
    await room.deployed(project)
    bring_back = room.store.bring_back

    async def at_once(*arguments: object) -> object:
        displaced = await bring_back(*arguments)  # type: ignore[arg-type]
        await room.jobs.drain()
        return displaced

    monkeypatch.setattr(room.store, "bring_back", at_once)
    await room.rollouts.rollback(room.principal, project.id, 1)

    assert await room.has_ended_log(first)


async def test_refusals_change_nothing(room: RolloutRoom) -> None:
    project = await room.project()
    deployment = await room.deployed(project, STATIC)
    before = await room.row(deployment)

    with pytest.raises(AlreadyActive):
        await room.rollouts.rollback(room.principal, project.id, 1)
    with pytest.raises(NothingToRestart):
        await room.rollouts.restart(room.principal, project.id, 1)
    with pytest.raises(NothingToCancel) as refused:
        await room.rollouts.cancel(room.principal, project.id, 1)
    with pytest.raises(EnvironmentUnknown):
        await room.rollouts.redeploy(room.principal, project.id, 1, "git-fix")
    for act in (room.rollouts.rollback, room.rollouts.restart, room.rollouts.cancel):
        with pytest.raises(DeploymentNotFound):
            await act(room.principal, project.id, 9)

    assert "rollback" in refused.value.hint
    after = await room.row(deployment)
    assert (after.status, after.reason, after.attempt) == (before.status, before.reason, before.attempt)
    assert await room.projects.take_number(project.id) == 2, "a refused redeploy takes no number"


async def test_one_that_failed_cannot_be_brought_back_but_deployed_again(room: RolloutRoom) -> None:
    project = await room.project()
    failing = await room.queued(project)
    room.edge.refuses_to_check.add(failing.id)
    await room.jobs.drain()

    with pytest.raises(NeverActive) as refused:
        await room.rollouts.rollback(room.principal, project.id, 1)
    assert "redeploy --from 1" in refused.value.hint

    await room.rollouts.redeploy(room.principal, project.id, 1, "production")
    await room.jobs.drain()
    assert await room.statuses(project) == {1: "failed", 2: "active"}


async def test_an_artifact_that_is_gone_is_neither_brought_back_nor_deployed(
    room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await room.project()
    await room.deployed(project)
    await room.deployed(project)
    artifact = room.artifacts.artifact

    async def gone(*ids: int) -> object:
        return msgspec.structs.replace(await artifact(*ids), is_kept=False)

    monkeypatch.setattr(room.artifacts, "artifact", gone)
    with pytest.raises(Conflict, match="not kept any more"):
        await room.rollouts.rollback(room.principal, project.id, 1)
    with pytest.raises(Conflict, match="not kept any more"):
        await room.rollouts.redeploy(room.principal, project.id, 1, "production")


async def test_what_waits_is_canceled_and_its_log_ended(room: RolloutRoom) -> None:
    project = await room.project()
    waiting = await room.queued(project)

    canceled = await room.rollouts.cancel(room.principal, project.id, 1)
    await room.jobs.drain()

    assert canceled.status == "canceled"
    assert await room.texts(waiting) == [f"Canceled by {room.principal.actor}."]
    assert await room.has_ended_log(waiting)
    assert "prepare" not in room.edge.names()


async def test_a_canceled_rollback_can_be_asked_for_again_at_once(room: RolloutRoom) -> None:
    project = await room.project()
    await room.deployed(project)
    await room.deployed(project)
    await room.rollouts.rollback(room.principal, project.id, 1)
    canceled = await room.rollouts.cancel(room.principal, project.id, 1)

    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.jobs.drain()

    assert canceled.status == "standby"
    assert await room.statuses(project) == {1: "active", 2: "standby"}
