"""Leftovers: a dead worker's builds wait again, and ends that nobody saw to are seen to once."""

from sqlalchemy import text

from support.build_house import BuildHouse
from support.tarballs import packed_files
from thakur.builds import Build, BuildStatus, Plan
from thakur.builds.attempts.attempt import Attempt, Outcome
from thakur.builds.attempts.claims import Claims
from thakur.builds.attempts.leftovers import Leftovers
from thakur.builds.packing.artifacts import Packed

SITE = packed_files({"index.html": "hello"})
PLAN = Plan(framework="Plain folder", kind="static")
OUTCOME = Outcome(PLAN, PLAN, Packed("d" * 64, 5, 1), ())


async def claimed(house: BuildHouse, name: str = "shop", worker: str = "worker") -> Build:
    await house.request(await house.project(name), SITE)
    build = await Claims(house.db, worker).claim()
    assert build is not None
    return build


async def test_a_build_whose_lease_ran_out_waits_again(house: BuildHouse) -> None:
    build = await claimed(house, worker="dead")
    assert await house.leftovers.requeue(()) == []
    await house.expire_leases()

    assert [found.id for found in await house.leftovers.requeue(())] == [build.id]
    assert await house.leftovers.requeue(()) == []
    again = await house.claims.claim()

    assert again is not None
    assert (again.id, again.attempt) == (build.id, 2)


async def test_what_runs_here_is_not_taken_from_oneself(house: BuildHouse) -> None:
    build = await claimed(house)
    await house.expire_leases()

    assert await house.leftovers.requeue({build.id}) == []
    assert (await house.look(build)).status is BuildStatus.RUNNING


async def test_a_starting_worker_takes_its_own_builds_at_once(house: BuildHouse) -> None:
    mine = await claimed(house, "mine")
    theirs = await claimed(house, "theirs", worker="another")

    assert [build.id for build in await house.leftovers.requeue((), is_start=True)] == [mine.id]
    assert (await house.look(theirs)).status is BuildStatus.RUNNING


async def test_three_interruptions_are_the_end(house: BuildHouse) -> None:
    build = await claimed(house)
    for _ in range(2):
        await house.expire_leases()
        assert await house.leftovers.requeue(())
        assert await house.claims.claim()
    await house.expire_leases()

    assert await house.leftovers.requeue(()) == []

    found = await house.look(build)
    assert (found.status, found.attempt) == (BuildStatus.FAILED, 3)
    assert found.failure is not None
    assert found.failure.code == "build_interrupted"
    assert [ended.id for ended in await house.leftovers.take_ended()] == [build.id]


async def test_a_worker_that_ends_politely_is_no_interruption(house: BuildHouse) -> None:
    build = await claimed(house)
    for _ in range(4):
        assert await house.claims.release(build)
        again = await house.claims.claim()
        assert again is not None
        build = again
    await house.expire_leases()

    assert [found.id for found in await house.leftovers.requeue(())] == [build.id]


async def test_an_end_is_seen_to_by_one_worker(house: BuildHouse) -> None:
    build = await claimed(house, worker="dead")
    await house.cancel(build)
    assert await house.leftovers.take_ended() == []
    await house.expire_leases()

    assert [found.id for found in await house.leftovers.take_ended()] == [build.id]
    assert await Leftovers(house.db, "third").take_ended() == []
    # Until that one dies too: its next life sees to it.
    assert [found.id for found in await house.leftovers.take_ended(is_start=True)] == [build.id]


async def test_an_artifact_is_unannounced_until_somebody_heard(house: BuildHouse) -> None:
    build = await claimed(house)
    await house.claims.finish(Attempt(build), OUTCOME)
    assert await house.leftovers.unannounced() == [], "who finished it is just telling"
    await finished(house, "4 seconds")

    assert [found.id for found in await house.leftovers.unannounced()] == [build.id]
    await house.claims.announced(build)
    assert await house.leftovers.unannounced() == []


async def test_old_news_is_not_told(house: BuildHouse) -> None:
    await house.claims.finish(Attempt(await claimed(house)), OUTCOME)
    await finished(house, "61 minutes")

    assert await house.leftovers.unannounced() == []


async def finished(house: BuildHouse, ago: str) -> None:
    async with house.db.session() as session:
        await session.execute(text(f"UPDATE builds SET finished_at = now() - interval '{ago}'"))
