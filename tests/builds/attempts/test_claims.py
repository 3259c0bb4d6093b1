"""Claims: one build an environment, each to one worker, fair between projects, and no end for what is no longer held."""

import asyncio

from sqlalchemy import text

from support.build_house import BuildHouse
from support.statements import scans, statements
from support.tarballs import packed_files
from thakur.builds import Build, BuildStatus, Failure, Plan, Step
from thakur.builds.attempts.attempt import Attempt, Outcome
from thakur.builds.attempts.claims import Claims
from thakur.builds.packing.artifacts import Packed
from thakur.projects import Project

SITE = packed_files({"index.html": "hello"})
PLAN = Plan(framework="Plain folder", kind="static")
OUTCOME = Outcome(PLAN, PLAN, Packed("d" * 64, 5, 1), (Step("unpack", 0.1),))
FAILURE = Failure(code="x", what="It broke.")

# 500 projects with 100 old builds and four queued ones each.
CROWD = """
INSERT INTO projects (team_id, name) SELECT :team, 'project-' || n FROM generate_series(1, 100) n;
INSERT INTO environments (project_id, label) SELECT id, 'branch-' || n FROM projects, generate_series(1, 4) n;
INSERT INTO log_streams (project_id, kind, number) SELECT id, 'build', n FROM projects, generate_series(1, 104) n;
INSERT INTO builds (project_id, environment_id, number, status, source, log_stream_id, requested_by, started_at)
  SELECT e.project_id, e.id, s.number, CASE WHEN s.number > 100 THEN 'queued' ELSE 'failed' END,
    jsonb_build_object('digest', 'd', 'size_bytes', 1), s.id, 'operator', CASE WHEN s.number <= 100 THEN now() - random() * interval '10 days' END
  FROM log_streams s JOIN environments e ON e.project_id = s.project_id AND e.label = 'branch-' || (s.number % 4 + 1);
ANALYZE builds
"""


async def claimed(house: BuildHouse, name: str = "shop") -> Build:
    await house.request(await house.project(name), SITE)
    build = await house.claims.claim()
    assert build is not None
    return build


async def preview(house: BuildHouse, project: Project, label: str) -> Build:
    """A queued build of another environment; uploads are production's alone for now."""
    build = await house.request(project, SITE)
    environment = await house.projects.environment(project.id, label)
    async with house.db.session() as session:
        await session.execute(
            text("UPDATE builds SET environment_id = :environment WHERE id = :id"),
            {"environment": environment.id, "id": build.id},
        )
    return build


async def numbers_claimed(house: BuildHouse) -> list[tuple[int, int]]:
    """Claim and finish all that waits; each build's project and number."""
    found = []
    while (build := await house.claims.claim()) is not None:
        found.append((build.project_id, build.number))
        await house.claims.finish(Attempt(build), OUTCOME)
    return found


async def test_the_oldest_is_claimed_first(house: BuildHouse) -> None:
    first = await house.request(await house.project("first"), SITE)
    second = await house.request(await house.project("second"), SITE)

    found = [await house.claims.claim() for _ in range(3)]

    assert [build and build.id for build in found] == [first.id, second.id, None]
    assert found[0] is not None
    assert (found[0].status, found[0].attempt) == (BuildStatus.RUNNING, 1)


async def test_an_environment_runs_one_build(house: BuildHouse) -> None:
    running = await claimed(house)
    await preview(house, await house.projects.by_id(running.project_id), "next")
    async with house.db.session() as session:
        await session.execute(
            text("UPDATE builds SET environment_id = :id, status = 'running' WHERE number = 1"),
            {"id": running.environment_id},
        )
        await session.execute(
            text("UPDATE builds SET environment_id = :id, status = 'queued' WHERE number = 2"),
            {"id": running.environment_id},
        )

    assert await house.claims.claim() is None
    await house.claims.finish(Attempt(running), OUTCOME)
    assert await house.claims.claim() is not None


async def test_many_workers_share_the_builds_without_a_double(house: BuildHouse) -> None:
    for number in range(6):
        await house.request(await house.project(f"project{number}"), SITE)

    found = await asyncio.gather(*(Claims(house.db, f"worker{number}").claim() for number in range(10)))

    claimed_ids = [build.id for build in found if build is not None]
    assert len(set(claimed_ids)) == len(claimed_ids) == 6


async def test_a_finished_build_has_its_artifact(house: BuildHouse) -> None:
    build = await claimed(house)

    ready = await house.claims.finish(Attempt(build), OUTCOME)

    found = await house.look(build)
    assert (found.status, found.steps, found.plan) == (BuildStatus.SUCCEEDED, OUTCOME.steps, OUTCOME.plan)
    assert ready == found
    assert found.artifact_id is not None
    assert found.started_at is not None
    assert found.finished_at is not None


async def test_the_same_content_is_one_artifact(house: BuildHouse) -> None:
    first = await claimed(house)
    one = await house.claims.finish(Attempt(first), OUTCOME)
    await house.request(await house.projects.by_id(first.project_id), SITE)
    second = await house.claims.claim()
    assert second is not None

    two = await house.claims.finish(Attempt(second), OUTCOME)

    assert one is not None
    assert two is not None
    assert one.artifact_id == two.artifact_id


async def test_a_failed_build_keeps_what_was_known(house: BuildHouse) -> None:
    build = await claimed(house)
    attempt = Attempt(build)
    attempt.plan = OUTCOME.plan
    attempt.steps = [Step("unpack", 0.1)]

    assert await house.claims.fail(attempt, FAILURE)

    found = await house.look(build)
    assert (found.status, found.failure, found.plan) == (BuildStatus.FAILED, FAILURE, OUTCOME.plan)


async def test_a_project_that_had_its_turn_waits_for_the_others(house: BuildHouse) -> None:
    noisy = await house.project("noisy")
    for number in range(4):
        await preview(house, noisy, f"branch-{number}")
    quiet, calm = await house.project("quiet"), await house.project("calm")
    await house.request(quiet, SITE)
    await house.request(calm, SITE)

    assert await numbers_claimed(house) == [
        (noisy.id, 1),
        (quiet.id, 1),
        (calm.id, 1),
        (noisy.id, 2),
        (noisy.id, 3),
        (noisy.id, 4),
    ]


async def test_production_does_not_wait_for_its_project_s_previews(house: BuildHouse) -> None:
    project = await house.project()
    await house.request(project, SITE)
    await numbers_claimed(house)
    for number in range(3):
        await preview(house, project, f"branch-{number}")
    await house.request(project, SITE)

    assert [number for _, number in await numbers_claimed(house)] == [5, 2, 3, 4]


async def test_the_project_that_waited_longest_goes_first(house: BuildHouse) -> None:
    first, second = await house.project("first"), await house.project("second")
    await house.request(first, SITE)
    await house.request(second, SITE)
    await numbers_claimed(house)
    await house.request(second, SITE)
    await house.request(first, SITE)

    assert await numbers_claimed(house) == [(first.id, 2), (second.id, 2)]


async def test_what_had_begun_goes_first(house: BuildHouse) -> None:
    begun = await claimed(house, "begun")
    await house.request(await house.project("never-built"), SITE)
    await house.claims.release(begun)

    again = await house.claims.claim()

    assert again is not None
    assert (again.id, again.attempt) == (begun.id, 2)


async def test_a_claim_is_a_lease_that_is_renewed(house: BuildHouse) -> None:
    build = await claimed(house)
    assert 7 < await lease_seconds(house, build) <= 8
    await house.expire_leases()

    assert await house.claims.renew([Attempt(build)]) == {build.id}
    assert 7 < await lease_seconds(house, build) <= 8


async def test_a_renewal_tells_how_far_the_build_is(house: BuildHouse) -> None:
    attempt = Attempt(await claimed(house))

    async with attempt.step("install"):
        await house.claims.renew([attempt])
        running = (await house.look(attempt.build)).steps
    await house.claims.renew([attempt])

    assert [(step.name, step.seconds) for step in running] == [("install", None)]
    assert running[0].began_at is not None
    assert (await house.look(attempt.build)).steps == tuple(attempt.steps)


async def test_an_attempt_that_was_taken_away_writes_nothing(house: BuildHouse) -> None:
    first = await claimed(house)
    assert await house.claims.release(first)
    second = await house.claims.claim()
    assert second is not None
    assert second.attempt == 2

    assert await house.claims.renew([Attempt(first), Attempt(second)]) == {second.id}
    assert await house.claims.renew([Attempt(first)]) == frozenset()
    assert await house.claims.finish(Attempt(first), OUTCOME) is None
    assert not await house.claims.fail(Attempt(first), FAILURE)
    assert not await house.claims.release(first)
    assert await house.claims.ended(first) is None
    assert (await house.look(first)).status is BuildStatus.RUNNING


async def test_a_finish_whose_answer_was_lost_is_repeated(house: BuildHouse) -> None:
    attempt = Attempt(await claimed(house))

    first = await house.claims.finish(attempt, OUTCOME)
    second = await house.claims.finish(attempt, OUTCOME)

    assert first is not None
    assert first == second


async def test_a_canceled_build_is_its_holders_to_close(house: BuildHouse) -> None:
    build = await claimed(house)
    await house.cancel(build)

    assert await house.claims.renew([Attempt(build)]) == frozenset()
    ended = await house.claims.ended(build)

    assert ended is not None
    assert (ended.status, ended.ended_by) == (BuildStatus.CANCELED, "operator")
    assert await Claims(house.db, "another").ended(build) is None


async def lease_seconds(house: BuildHouse, build: Build) -> float:
    async with house.db.session() as session:
        found = await session.scalar(
            text("SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM builds WHERE id = :id"),
            {"id": build.id},
        )
    return float(found)


async def test_a_prepared_claim_reads_the_builds_that_wait_or_run_and_no_others(house: BuildHouse) -> None:
    team = (await house.principal()).team_id
    async with house.db.session() as session:
        for statement in CROWD.split(";"):
            await session.execute(text(statement), {"team": team} if ":team" in statement else {})

    with statements(house.db) as said:
        assert await house.claims.claim() is not None

    (claim,) = [statement for statement in said if "UPDATE builds" in statement]
    found = await scans(house.db, claim, "builds")
    assert {"Index Scan ix_builds_queue", "Index Scan uq_builds_running"} <= set(found)
    assert not [scan for scan in found if scan.startswith("Seq Scan")]
