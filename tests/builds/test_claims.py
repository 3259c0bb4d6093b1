"""Claims: one build an environment, each to one worker, and no end for what is no longer held."""

import asyncio

from sqlalchemy import text

from support.build_house import BuildHouse
from support.tarballs import packed_files
from thakur.builds import Build, BuildStatus, Failure, Plan, Step
from thakur.builds.artifacts import Packed
from thakur.builds.claims import Claims
from thakur.builds.pipeline import Outcome, Progress

SITE = packed_files({"index.html": "hello"})
OUTCOME = Outcome(Plan(framework="Plain folder", kind="static"), Packed("d" * 64, 5, 1), (Step("unpack", 0.1),))
FAILURE = Failure(code="x", what="It broke.")


async def claimed(house: BuildHouse, name: str = "shop") -> Build:
    await house.request(await house.project(name), SITE)
    build = await house.claims.claim()
    assert build is not None
    return build


async def test_the_oldest_is_claimed_first(house: BuildHouse) -> None:
    first = await house.request(await house.project("first"), SITE)
    second = await house.request(await house.project("second"), SITE)

    found = [await house.claims.claim() for _ in range(3)]

    assert [build and build.id for build in found] == [first.id, second.id, None]
    assert found[0] is not None
    assert (found[0].status, found[0].attempt) == (BuildStatus.RUNNING, 1)


async def test_an_environment_runs_one_build(house: BuildHouse) -> None:
    running = await claimed(house)
    await house.request(await house.projects.by_id(running.project_id), SITE)

    assert await house.claims.claim() is None
    await house.claims.finish(running, OUTCOME)
    assert await house.claims.claim() is not None


async def test_many_workers_share_the_builds_without_a_double(house: BuildHouse) -> None:
    for number in range(6):
        await house.request(await house.project(f"project{number}"), SITE)

    found = await asyncio.gather(*(Claims(house.db, f"worker{number}").claim() for number in range(10)))

    claimed_ids = [build.id for build in found if build is not None]
    assert len(claimed_ids) == len(set(claimed_ids))
    # A look that meets others' locks may find nothing; the next one does.
    while (build := await house.claims.claim()) is not None:
        claimed_ids.append(build.id)
    assert len(set(claimed_ids)) == len(claimed_ids) == 6


async def test_a_finished_build_has_its_artifact(house: BuildHouse) -> None:
    build = await claimed(house)

    ready = await house.claims.finish(build, OUTCOME)

    found = await house.look(build)
    assert (found.status, found.steps, found.plan) == (BuildStatus.SUCCEEDED, OUTCOME.steps, OUTCOME.plan)
    assert ready is not None
    assert (ready.build_id, ready.artifact_id, ready.number) == (build.id, found.artifact_id, build.number)
    assert found.started_at is not None
    assert found.finished_at is not None


async def test_the_same_content_is_one_artifact(house: BuildHouse) -> None:
    first = await claimed(house)
    one = await house.claims.finish(first, OUTCOME)
    await house.request(await house.projects.by_id(first.project_id), SITE)
    second = await house.claims.claim()
    assert second is not None

    two = await house.claims.finish(second, OUTCOME)

    assert one is not None
    assert two is not None
    assert one.artifact_id == two.artifact_id


async def test_a_failed_build_keeps_what_was_known(house: BuildHouse) -> None:
    build = await claimed(house)
    progress = Progress()
    progress.plan = OUTCOME.plan
    progress.steps = [Step("unpack", 0.1)]

    assert await house.claims.fail(build, FAILURE, progress)

    found = await house.look(build)
    assert (found.status, found.failure, found.plan) == (BuildStatus.FAILED, FAILURE, OUTCOME.plan)


async def test_an_attempt_that_was_taken_away_ends_nothing(house: BuildHouse) -> None:
    first = await claimed(house)
    assert await house.claims.release(first)
    second = await house.claims.claim()
    assert second is not None
    assert second.attempt == 2

    assert not await house.claims.is_held(first)
    assert await house.claims.finish(first, OUTCOME) is None
    assert not await house.claims.fail(first, FAILURE, Progress())
    assert not await house.claims.release(first)
    assert (await house.look(first)).status is BuildStatus.RUNNING
    assert await house.claims.is_held(second)


async def test_only_this_workers_own_builds_are_lost(house: BuildHouse) -> None:
    mine = await claimed(house, "mine")
    await house.request(await house.project("theirs"), SITE)
    await Claims(house.db, "another").claim()

    assert [build.id for build in await house.claims.lost(frozenset())] == [mine.id]
    assert await house.claims.lost(frozenset({mine.id})) == []


async def test_an_artifact_is_unannounced_until_somebody_heard(house: BuildHouse) -> None:
    build = await claimed(house)
    ready = await house.claims.finish(build, OUTCOME)

    assert await house.claims.unannounced() == [ready]
    await house.claims.announced(build.id)
    assert await house.claims.unannounced() == []


async def test_old_news_is_not_told(house: BuildHouse) -> None:
    await house.claims.finish(await claimed(house), OUTCOME)
    async with house.db.session() as session:
        await session.execute(text("UPDATE builds SET finished_at = now() - interval '61 minutes'"))

    assert await house.claims.unannounced() == []
