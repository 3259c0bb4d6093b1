import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from support.rollout_room import RolloutRoom
from support.waiting import eventually
from thakur.db import DatabaseUnavailable
from thakur.runtime.rollouts import jobs


async def test_draining_rolls_out_until_nothing_waits(room: RolloutRoom) -> None:
    shop, blog = await room.project("shop"), await room.project("blog")
    await room.queued(shop)
    await room.queued(blog)

    await room.jobs.drain()

    assert (await room.statuses(shop), await room.statuses(blog)) == ({1: "active"}, {1: "active"})


async def test_a_drain_that_is_ended_hands_its_rollout_to_the_next_process(committed_room: RolloutRoom) -> None:
    room = committed_room
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.may_check.clear()
    draining = asyncio.ensure_future(room.jobs.drain())
    await eventually(lambda: ("check", waiting.id) in room.edge.calls)

    draining.cancel()
    await asyncio.wait([draining])

    row = await room.row(waiting)
    assert (row.status, row.lease_until) == ("queued", None)
    assert not await room.has_ended_log(waiting)
    assert "discard" not in room.edge.names()
    room.edge.may_check.set()
    await (await room.beside()).jobs.drain()
    assert await room.statuses(project) == {1: "active"}


async def test_a_rollout_is_held_while_it_runs(committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.02)
    room, other = committed_room, await committed_room.beside()
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.may_check.clear()
    draining = asyncio.ensure_future(room.jobs.drain())
    await eventually(lambda: ("check", waiting.id) in room.edge.calls)
    async with room.db.session() as session:
        await session.execute(text("UPDATE deployments SET lease_until = now()"))

    await eventually(lambda: is_ahead(room))
    await other.jobs.drain()

    assert room.edge.names().count("prepare") == 1
    room.edge.may_check.set()
    await draining
    assert await room.statuses(project) == {1: "active"}


async def is_ahead(room: RolloutRoom) -> bool:
    async with room.db.session() as session:
        return bool(await session.scalar(text("SELECT lease_until > now() + interval '5 s' FROM deployments")))


async def test_a_cancel_by_another_process_is_noticed_with_the_lease(
    committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.02)
    room, other = committed_room, await committed_room.beside()
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.may_check.clear()
    draining = asyncio.ensure_future(room.jobs.drain())
    await eventually(lambda: ("check", waiting.id) in room.edge.calls)

    await other.rollouts.cancel(other.principal, project.id, 1)
    await asyncio.wait_for(draining, 2)

    assert await room.statuses(project) == {1: "canceled"}
    assert room.edge.orders == {}


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_hold(
    committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.01)
    room = committed_room
    project = await room.project()
    waiting = await room.queued(project)
    room.edge.may_check.clear()
    renew, failures = room.claims.renew, iter(range(3))

    async def shaky(*arguments: Any) -> bool:
        if next(failures, None) is not None:
            raise DatabaseUnavailable("PostgreSQL does not answer")
        room.edge.may_check.set()
        return await renew(*arguments)

    monkeypatch.setattr(room.claims, "renew", shaky)
    await room.jobs.drain()

    assert await room.statuses(project) == {1: "active"}
    assert ("discard", waiting.id) not in room.edge.calls


async def test_what_a_dead_worker_left_is_taken_up_within_seconds(
    committed_room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, dead = committed_room, await committed_room.beside()
    project = await room.project()
    canceled = await room.queued(project)
    await dead.claims.claim()
    await room.store.cancel(canceled.id)
    async with room.db.session() as session:
        await session.execute(text("UPDATE deployments SET lease_until = now() - interval '1 s'"))

    assert await room.jobs.recover()

    assert not await room.jobs.recover()
    assert await room.has_ended_log(canceled)
    assert (await room.row(canceled)).lease_until is None


async def test_a_rollout_that_begins_again_says_so_in_its_log(room: RolloutRoom) -> None:
    project = await room.project()
    waiting = await room.queued(project)
    await room.claims.claim()

    await room.jobs.drain()

    assert await room.statuses(project) == {1: "active"}
    assert (await room.texts(waiting))[0] == "The server that was at it has ended; it begins again."


async def test_what_could_not_be_put_in_order_is_found_again(
    room: RolloutRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await room.project()
    waiting = await room.queued(project)
    await room.store.cancel(waiting.id)

    async def away(*_: Any) -> None:
        raise DatabaseUnavailable("PostgreSQL does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(room.aftermath, "settle", away)
        with pytest.raises(DatabaseUnavailable):
            await room.jobs.recover()
    await room.jobs.recover()

    assert await room.has_ended_log(waiting)


async def test_drains_side_by_side_keep_environments_apart(committed_room: RolloutRoom) -> None:
    room = committed_room
    projects = [await room.project(name) for name in ("shop", "blog", "docs")]
    for project in projects:
        await room.queued(project)

    await asyncio.gather(*(room.jobs.drain() for _ in range(4)))

    assert [await room.statuses(project) for project in projects] == [{1: "active"}] * 3
    assert room.edge.names().count("prepare") == 3
