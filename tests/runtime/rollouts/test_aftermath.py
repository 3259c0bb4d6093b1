import pytest

from support.rollout_room import RolloutRoom
from thakur.runtime.rollouts.claims import Claim


async def ended(room: RolloutRoom) -> Claim:
    """A claim whose deployment was canceled under it, after its edge was told to prepare."""
    project = await room.project()
    waiting = await room.queued(project)
    claim = await room.claims.claim()
    assert claim is not None
    (edge_id,) = room.edges
    await room.placings.mark(waiting.id, edge_id, "prepared")
    await room.edge.prepare(await room.runtime.order(waiting))
    await room.store.cancel(waiting.id)
    return claim


async def test_settling_twice_is_settling_once(room: RolloutRoom) -> None:
    claim = await ended(room)
    deployment = await room.runtime.by_id(claim.deployment_id)

    for _ in range(2):
        await room.aftermath.settle(claim)

    assert room.edge.orders == {}
    assert await room.has_ended_log(deployment)
    assert (await room.row(deployment)).lease_until is None
    assert await room.placing(deployment) == "gone"


async def test_an_edge_that_is_away_holds_nothing_up(room: RolloutRoom, caplog: pytest.LogCaptureFixture) -> None:
    claim = await ended(room)
    room.edge.is_away = True

    await room.aftermath.settle(claim)

    assert (await room.row(await room.runtime.by_id(claim.deployment_id))).lease_until is None
    assert "edge could not let go of a deployment" in caplog.text


async def test_one_that_was_asked_for_again_meanwhile_begins_anew(room: RolloutRoom) -> None:
    project = await room.project()
    first = await room.deployed(project)
    await room.deployed(project)
    await room.rollouts.rollback(room.principal, project.id, 1)
    claim = await room.claims.claim()
    assert claim is not None
    await room.store.cancel(first.id)
    await room.rollouts.rollback(room.principal, project.id, 1)

    await room.aftermath.settle(claim)
    again = await room.claims.claim()

    assert again is not None
    assert (again.deployment_id, again.attempt) == (first.id, claim.attempt + 1)


async def test_a_deployment_without_a_row_is_discarded_all_the_same(room: RolloutRoom) -> None:
    await room.aftermath.settle(Claim(deployment_id=99, environment_id=1, attempt=1, is_restart=False))

    assert room.edge.calls == [("discard", 99)]
