import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import text

from support.rollout_room import RolloutRoom
from thakur.builds import Step
from thakur.runtime import Deployment, DeploymentStatus, RolloutFailure
from thakur.runtime.rollouts.claims import Claim, Lost

S = DeploymentStatus
FAILURE = RolloutFailure(code="unhealthy", what="GET / answered \0 500.", still_active=1)


async def claimed(room: RolloutRoom) -> Claim:
    claim = await room.claims.claim()
    assert claim is not None
    return claim


async def run_out(room: RolloutRoom, deployment: Deployment) -> None:
    async with room.db.session() as session:
        statement = text("UPDATE deployments SET lease_until = now() - interval '1 minute' WHERE id = :id")
        await session.execute(statement, {"id": deployment.id})


async def test_the_longest_waiting_is_claimed_first_and_once(room: RolloutRoom) -> None:
    first = await room.queued(await room.project("shop"))
    second = await room.queued(await room.project("blog"))

    claims = [await claimed(room), await claimed(room)]

    assert [claim.deployment_id for claim in claims] == [first.id, second.id]
    assert await room.claims.claim() is None
    assert (await room.row(first)).status == S.STARTING


async def test_an_environment_has_one_rollout_at_a_time(room: RolloutRoom) -> None:
    project = await room.project()
    await room.queued(project)
    claim = await claimed(room)
    await room.queued(project)
    assert await room.claims.claim() is None, "the older one is superseded, but its edges are not in order yet"

    await room.aftermath.settle(claim)

    assert (await claimed(room)).environment_id == claim.environment_id


async def test_workers_that_claim_at_once_never_share(committed_room: RolloutRoom) -> None:
    room, other = committed_room, await committed_room.beside()
    for name in ("shop", "blog", "docs"):
        await room.queued(await room.project(name))

    found = await asyncio.gather(*(one.claims.claim() for one in (room, other) * 4))

    taken = [claim.deployment_id for claim in found if claim]
    assert sorted(taken) == sorted(set(taken))


async def test_a_claim_is_held_for_as_long_as_it_is_renewed(room: RolloutRoom) -> None:
    deployment = await room.queued(await room.project())
    claim = await claimed(room)
    await run_out(room, deployment)

    assert await room.claims.renew(claim)

    assert await (await room.beside()).claims.lost([]) == Lost([], [])
    assert (await room.row(deployment)).status == S.STARTING


async def test_a_rollout_that_was_ended_is_not_wanted_any_more(room: RolloutRoom) -> None:
    deployment = await room.queued(await room.project())
    claim = await claimed(room)

    await room.store.cancel(deployment.id)

    assert not await room.claims.renew(claim)
    assert not await room.claims.check(claim)
    assert not await room.claims.fail(claim, FAILURE, [])
    assert not await room.claims.activate(claim, [])
    assert (await room.row(deployment)).status == S.CANCELED


async def test_a_lease_that_ran_out_lets_the_rollout_wait_again(room: RolloutRoom) -> None:
    deployment = await room.queued(await room.project())
    stale = await claimed(room)
    await room.claims.check(stale)
    await run_out(room, deployment)

    assert await (await room.beside()).claims.lost([]) == Lost([deployment.log_stream_id], [])

    assert (await room.row(deployment)).status == S.QUEUED
    fresh = await claimed(room)
    assert fresh.attempt == stale.attempt + 1


async def test_a_dead_comeback_waits_as_a_comeback(room: RolloutRoom) -> None:
    project = await room.project()
    first = await room.deployed(project)
    await room.deployed(project)
    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.claims.check(await claimed(room))
    await run_out(room, first)

    await room.claims.lost([])

    row = await room.row(first)
    assert (row.status, row.returns_to) == (S.STARTING, S.STANDBY)
    assert (await claimed(room)).deployment_id == first.id


async def test_a_stale_attempt_changes_nothing(room: RolloutRoom) -> None:
    deployment = await room.queued(await room.project())
    stale = await claimed(room)
    await run_out(room, deployment)
    await room.claims.lost([])
    fresh = await claimed(room)
    await room.claims.check(fresh)

    assert not await room.claims.renew(stale)
    assert not await room.claims.check(stale)
    assert not await room.claims.activate(stale, [])
    assert not await room.claims.fail(stale, FAILURE, [])
    await room.claims.release(stale)
    await room.claims.finish(stale)

    assert (await room.row(deployment)).status == S.CHECKING
    assert await room.claims.activate(fresh, [])


async def test_a_starting_worker_takes_up_its_own_at_once_and_leaves_what_others_hold(room: RolloutRoom) -> None:
    other = await room.beside()
    mine, theirs = [await room.queued(await room.project(name)) for name in ("shop", "blog")]
    await claimed(room)
    await claimed(other)

    await room.claims.lost([])

    assert (await room.row(mine)).status == S.QUEUED
    assert (await room.row(theirs)).status == S.STARTING


async def test_what_runs_here_is_never_taken_for_lost(room: RolloutRoom) -> None:
    deployment = await room.queued(await room.project())
    await claimed(room)
    await run_out(room, deployment)

    assert await room.claims.lost([deployment.id]) == Lost([], [])

    assert (await room.row(deployment)).status == S.STARTING


async def test_what_ended_without_its_worker_is_somebodys_to_finish(room: RolloutRoom) -> None:
    deployment = await room.queued(await room.project())
    claim = await claimed(room)
    await room.store.cancel(deployment.id)
    await run_out(room, deployment)

    assert await (await room.beside()).claims.lost([]) == Lost([], [claim])

    await room.claims.finish(claim)
    assert await room.claims.lost([]) == Lost([], [])


async def test_an_activation_takes_the_place_of_the_last_one(room: RolloutRoom) -> None:
    project = await room.project()
    for _ in range(2):
        await room.deployed(project)
    await room.queued(project)
    claim = await claimed(room)
    await room.claims.check(claim)

    assert await room.claims.activate(claim, [Step("start", 0.5)])

    assert await room.statuses(project) == {1: "retired", 2: "standby", 3: "active"}
    assert [(number, lasts) for number, _, _, lasts in await room.activations()] == [(1, False), (2, False), (3, True)]
    assert (await room.get(project, 3)).steps == (Step("start", 0.5),)


async def test_a_failure_is_kept_as_json_can_hold_it(room: RolloutRoom) -> None:
    project = await room.project()
    await room.queued(project)

    await room.claims.fail(await claimed(room), FAILURE, [])

    found = await room.get(project, 1)
    assert found.status == S.FAILED
    assert found.failure == msgspec.structs.replace(FAILURE, what="GET / answered \ufffd 500.")


@pytest.mark.parametrize("origin", [S.STANDBY, S.RETIRED])
async def test_a_comeback_that_fails_returns_to_where_it_was(room: RolloutRoom, origin: S) -> None:
    project = await room.project()
    first = await room.deployed(project)
    await room.deployed(project)
    await room.change(first, status=origin)
    await room.rollouts.rollback(room.principal, project.id, 1)

    await room.claims.fail(await claimed(room), FAILURE, [])

    assert await room.statuses(project) == {1: origin, 2: "active"}
    assert (await room.row(first)).returns_to is None


async def test_a_restart_is_claimed_without_a_change_of_status(room: RolloutRoom) -> None:
    deployment = await room.deployed(await room.project())
    await room.store.ask_restart(deployment.id)

    claim = await claimed(room)

    assert claim.is_restart
    assert (await room.row(deployment)).status == S.ACTIVE
    assert await room.claims.renew(claim)
    await run_out(room, deployment)
    await room.claims.lost([])
    assert (await claimed(room)).is_restart, "one whose worker died is begun again"


async def test_a_lease_lasts_as_long_as_the_plan_says() -> None:
    from thakur.runtime.rollouts import claims, jobs

    assert timedelta(seconds=8) == claims.LEASE
    assert claims.LEASE.total_seconds() > jobs.RENEW_SECONDS * 3
