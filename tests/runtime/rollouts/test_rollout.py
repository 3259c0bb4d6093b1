import asyncio
from typing import Any

import pytest

from support.rollout_room import RolloutRoom
from support.waiting import eventually
from thakur.builds import ArtifactNotFound
from thakur.db import DatabaseUnavailable
from thakur.logs import Level
from thakur.projects import Project
from thakur.runtime.rollouts import jobs


async def test_a_rollout_prepares_checks_switches_and_retires_what_it_replaced(room: RolloutRoom) -> None:
    project = await room.project()
    first = await room.deployed(project)
    room.edge.calls.clear()

    second = await room.deployed(project)

    assert room.edge.calls == [
        ("prepare", second.id),
        ("check", second.id),
        ("switch", second.id),
        ("retire", first.id),
    ]
    assert await room.statuses(project) == {1: "standby", 2: "active"}
    assert room.edge.routed == {second.id}
    assert (await room.placing(first), await room.placing(second)) == ("draining", "routed")
    assert [step.name for step in second.steps] == ["start", "check", "switch"]


async def test_its_log_says_each_step_and_then_ends(room: RolloutRoom) -> None:
    deployment = await room.deployed(await room.project())

    assert await room.texts(deployment) == [
        "Started 1 replica on port 20000 in 0.10 s",
        "Health check GET / answered 200 after 0.10 s",
        "Deployment #1 is active at http://shop.example.test",
    ]
    assert await room.has_ended_log(deployment)


@pytest.mark.parametrize("step", ["prepare", "check"])
async def test_a_failure_leaves_what_is_active_and_says_so(room: RolloutRoom, step: str) -> None:
    project = await room.project()
    first = await room.deployed(project)
    waiting = await room.queued(project)
    (room.edge.refuses_to_prepare if step == "prepare" else room.edge.refuses_to_check).add(waiting.id)

    await room.jobs.drain()

    failed = await room.get(project, 2)
    assert (failed.status, room.edge.routed) == ("failed", {first.id})
    assert failed.failure is not None
    assert (failed.failure.code, failed.failure.still_active) == ("refused", 1)
    assert (await room.texts(failed))[-5:] == [
        "last line",
        "The edge was told to refuse this.",
        "A test asked for it.",
        "Go on.",
        "Deployment #1 is still active.",
    ]
    assert await room.has_ended_log(failed)
    assert waiting.id not in room.edge.orders
    assert (await room.row(failed)).lease_until is None


async def test_a_rollback_brings_the_same_deployment_back(room: RolloutRoom) -> None:
    project = await room.project()
    room.env_vars.start = {"GREETING": "one"}
    first = await room.deployed(project)
    room.env_vars.start = {"GREETING": "two"}
    second = await room.deployed(project)

    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.jobs.drain()

    assert await room.statuses(project) == {1: "active", 2: "standby"}
    assert room.edge.routed == {first.id}
    assert room.edge.orders[first.id].env == {"GREETING": "one"}
    assert room.edge.orders[first.id].digest == f"{1:064}"
    assert await room.activations() == [
        (1, "deploy", "ada", False),
        (2, "deploy", "ada", False),
        (1, "rollback", room.principal.actor, True),
    ]
    lines = await room.logs.page(first.log_stream_id, 0, 500)
    assert [line.text for line in lines][3] == f"{room.principal.actor} brings #1 back; it was standby."
    assert lines[-1].level is Level.SUCCESS
    assert await room.has_ended_log(first)
    assert second.id in room.edge.retired


async def test_the_log_of_a_comeback_is_open_though_whoever_asked_died_on_the_way(room: RolloutRoom) -> None:
    project = await room.project()
    first = await room.deployed(project)
    await room.deployed(project)
    await room.store.bring_back(first.id, room.principal)
    is_open = []

    async def look() -> None:
        is_open.append(not await room.has_ended_log(first))

    room.edge.before["check"] = look
    await room.jobs.drain()

    assert is_open == [True]
    assert await room.has_ended_log(first)


async def test_a_rollback_that_fails_returns_to_where_it_was(room: RolloutRoom) -> None:
    project = await room.project()
    first, second = await room.deployed(project), await room.deployed(project)
    room.edge.refuses_to_check.add(first.id)

    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.jobs.drain()

    assert await room.statuses(project) == {1: "standby", 2: "active"}
    assert room.edge.routed == {second.id}
    found = await room.get(project, 1)
    assert found.failure is not None
    assert found.failure.still_active == 2
    assert (await room.texts(first))[-1] == "Deployment #2 is still active."
    assert [number for number, *_ in await room.activations()] == [1, 2]


async def test_a_redeploy_is_a_new_deployment_of_the_same_artifact_with_the_env_vars_of_now(room: RolloutRoom) -> None:
    project = await room.project()
    room.env_vars.start = {"GREETING": "one"}
    first = await room.deployed(project)
    room.env_vars.start = {"GREETING": "two"}

    asked = await room.rollouts.redeploy(room.principal, project.id, 1, "production")
    await room.jobs.drain()

    second = await room.get(project, 2)
    assert (asked.number, second.status, second.artifact_id) == (2, "active", first.artifact_id)
    assert second.log_stream_id != first.log_stream_id
    assert room.edge.orders[second.id].env == {"GREETING": "two"}
    assert (await room.activations())[-1] == (2, "redeploy", room.principal.actor, True)


@pytest.mark.parametrize("step", ["prepare", "check", "switch"])
async def test_a_cancel_at_any_step_leaves_what_was_active(
    committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 60.0)  # in this process it needs no lease to be noticed
    room = committed_room
    project = await room.project()
    first = await room.deployed(project)
    waiting = await room.queued(project)

    async def cancel() -> None:
        await room.rollouts.cancel(room.principal, project.id, 2)
        if step != "switch":
            await asyncio.Event().wait()

    room.edge.before[step] = cancel
    async with asyncio.timeout(2):
        await room.jobs.drain()

    assert await room.statuses(project) == {1: "active", 2: "canceled"}
    assert waiting.id not in room.edge.orders
    assert ("discard", waiting.id) in room.edge.calls
    assert (await room.texts(waiting))[-1] == f"Canceled by {room.principal.actor}."
    assert await room.has_ended_log(waiting)
    assert (await room.activations())[-1] == (1, "deploy", "ada", True)
    assert first.id in room.edge.orders


async def test_a_newer_deployment_breaks_off_the_rollout_of_an_older_one(
    committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 60.0)
    room = committed_room
    project = await room.project()
    older = await room.queued(project)
    room.edge.may_check.clear()
    rolling = asyncio.ensure_future(room.jobs.drain())
    await eventually(lambda: ("check", older.id) in room.edge.calls)

    newer = await room.queued(project)
    await eventually(lambda: ("discard", older.id) in room.edge.calls)
    room.edge.may_check.set()
    await rolling

    assert await room.statuses(project) == {1: "superseded", 2: "active"}
    assert room.edge.calls.index(("discard", older.id)) < room.edge.calls.index(("prepare", newer.id))
    assert room.edge.routed == {newer.id}


async def lose_database(room: RolloutRoom, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise DatabaseUnavailable("PostgreSQL does not answer")

    monkeypatch.setattr(room.claims, name, away)


@pytest.mark.parametrize("moment", ["check", "activate"])
async def test_a_database_that_goes_away_undoes_nothing(
    room: RolloutRoom, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    project = await room.project()
    waiting = await room.queued(project)
    with monkeypatch.context() as patch:
        await lose_database(room, patch, moment)
        claim = await room.claims.claim()
        assert claim is not None
        with pytest.raises(DatabaseUnavailable):
            await room.rollout.run(claim)

    assert "discard" not in room.edge.names()
    assert not await room.has_ended_log(waiting)

    await room.jobs.drain()

    assert await room.statuses(project) == {1: "active"}
    assert "discard" not in room.edge.names()


async def test_an_activation_whose_answer_was_lost_is_put_in_order(
    room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await room.project()
    first = await room.deployed(project)
    second = await room.queued(project)
    activate = room.claims.activate

    async def lost(*arguments: Any) -> bool:
        await activate(*arguments)
        raise DatabaseUnavailable("PostgreSQL went away")

    with monkeypatch.context() as patch:
        patch.setattr(room.claims, "activate", lost)
        claim = await room.claims.claim()
        assert claim is not None
        with pytest.raises(DatabaseUnavailable):
            await room.rollout.run(claim)
    assert first.id in room.edge.orders

    await room.jobs.drain()

    assert await room.statuses(project) == {1: "standby", 2: "active"}
    assert room.edge.retired == [first.id]
    assert await room.has_ended_log(second)


async def test_an_edge_that_is_away_fails_the_rollout_in_words(room: RolloutRoom) -> None:
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.is_away = True

    await room.jobs.drain()

    failed = await room.get(project, 1)
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == ("failed", "edge_unavailable")
    assert (await room.row(waiting)).lease_until is None


async def test_a_missing_artifact_fails_the_rollout_in_words(
    room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await room.project()
    await room.queued(project)

    async def gone(*_: Any) -> None:
        raise ArtifactNotFound("There is no artifact", hint="Deploy again.")

    monkeypatch.setattr(room.artifacts, "artifact", gone)
    await room.jobs.drain()

    failure = (await room.get(project, 1)).failure
    assert failure is not None
    assert (failure.code, failure.next) == ("artifact_not_found", "Deploy again.")


async def test_a_bug_fails_one_rollout_and_not_the_next(room: RolloutRoom, caplog: pytest.LogCaptureFixture) -> None:
    project = await room.project()
    await room.queued(project)

    async def stumble() -> None:
        room.edge.before.clear()
        raise ZeroDivisionError

    room.edge.before["check"] = stumble
    await room.jobs.drain()
    await room.deployed(project)

    assert await room.statuses(project) == {1: "failed", 2: "active"}
    assert caplog.text.count("rollout broke off") == 1


async def remove(room: RolloutRoom, project: Project) -> None:
    from sqlalchemy import text

    async with room.db.session() as session:
        await session.execute(text("DELETE FROM projects WHERE id = :id"), {"id": project.id})


async def test_a_project_that_is_deleted_under_its_rollout_leaves_nothing(room: RolloutRoom) -> None:
    project = await room.project()
    await room.queued(project)
    room.edge.before["check"] = lambda: remove(room, project)

    await room.jobs.drain()

    assert room.edge.orders == {}
