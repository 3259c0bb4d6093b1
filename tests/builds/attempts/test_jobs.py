"""The job: builds run to an end, whatever ends them."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

import thakur.builds.attempts.jobs
from support.build_house import BuildHouse
from support.tarballs import packed, packed_files
from support.waiting import eventually
from thakur.builds import Build, BuildsRunning, BuildStatus
from thakur.builds.attempts.attempt import Attempt, Outcome
from thakur.builds.attempts.claims import Claims
from thakur.builds.attempts.jobs import worker_name
from thakur.builds.sources.unpack import CACHE_NAME
from thakur.db import DatabaseUnavailable
from thakur.projects import Project
from thakur.sandbox import Exit, SandboxRefused

SITE = packed_files({"index.html": "hello"})
SERVER = packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": ""})


async def test_a_build_succeeds_and_its_artifact_is_told_of(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)

    await house.jobs.drain()

    found = await house.look(build)
    assert found.status is BuildStatus.SUCCEEDED
    assert [(ready.build_id, ready.artifact_id) for ready in house.consumer.heard] == [(build.id, found.artifact_id)]
    assert [path for path in house.files() if path.startswith("uploads")] == []
    assert "Detected Plain folder: files to serve" in await house.texts(build)


async def test_the_stream_of_a_success_stays_open_for_the_deployment(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)

    await house.jobs.drain()

    assert await ended(house, build.log_stream_id) is False


async def test_a_failed_build_says_why_and_ends_its_stream(house: BuildHouse) -> None:
    house.sandbox.exits = [(b"broken\n", Exit(code=1))]
    build = await house.request(await house.project(), SERVER)

    await house.jobs.drain()

    found = await house.look(build)
    assert found.status is BuildStatus.FAILED
    assert found.failure is not None
    texts = await house.texts(build)
    assert texts[-3:] == [found.failure.what, found.failure.why, found.failure.next]
    assert "broken" in texts
    assert await ended(house, build.log_stream_id)
    assert house.consumer.heard == []
    assert [path for path in house.files() if path.startswith("uploads")] == []


async def test_several_drains_at_once_run_each_build_once(house: BuildHouse) -> None:
    for number in range(4):
        await house.request(await house.project(f"project{number}"), SITE)

    await asyncio.gather(*(house.jobs.drain() for _ in range(3)))

    assert sorted(ready.number for ready in house.consumer.heard) == [1, 1, 1, 1]
    assert len({ready.build_id for ready in house.consumer.heard}) == 4


async def test_a_drain_leaves_what_another_one_runs(house: BuildHouse) -> None:
    house.sandbox.hangs = True
    build = await house.request(await house.project(), SERVER)
    draining = asyncio.ensure_future(house.jobs.drain())
    await eventually(lambda: house.sandbox.specs)

    await house.jobs.drain()

    found = await house.look(build)
    assert (found.status, found.attempt) == (BuildStatus.RUNNING, 1)
    draining.cancel()
    await asyncio.wait([draining])


async def running(house: BuildHouse, project: Project | None = None) -> tuple[Build, "asyncio.Task[None]"]:
    """A build in the middle of its installation, and the drain that runs it."""
    house.sandbox.hangs = True
    before = len(house.sandbox.specs)
    build = await house.request(project or await house.project(), SERVER)
    draining = asyncio.create_task(house.jobs.drain())
    await eventually(lambda: len(house.sandbox.specs) > before)
    return build, draining


async def test_a_canceled_build_is_stopped_and_its_log_says_by_whom(house: BuildHouse) -> None:
    build, draining = await running(house)

    assert (await house.cancel(build)).status is BuildStatus.CANCELED
    await house.jobs.renew()
    await draining

    assert house.sandbox.canceled == 1
    assert (await house.look(build)).status is BuildStatus.CANCELED
    assert (await house.texts(build))[-1] == "Canceled by operator"
    assert await ended(house, build.log_stream_id)
    assert house.files() == ["builds/1/cache/packages/.gitignore", "builds/1/cache/size"]


async def test_a_newer_build_takes_the_place_of_the_running_one(house: BuildHouse) -> None:
    project = await house.project()
    older, draining = await running(house, project)
    newer = await house.request(project, SITE)

    await asyncio.gather(house.make_jobs("another").drain(), house.jobs.renew(), draining)

    assert (await house.look(older)).status is BuildStatus.SUPERSEDED
    assert (await house.look(newer)).status is BuildStatus.SUCCEEDED
    assert (await house.texts(older))[-1] == "Superseded by #2"
    assert await ended(house, older.log_stream_id)
    assert [ready.number for ready in house.consumer.heard] == [2]


async def test_the_newer_build_waits_for_the_cache_of_the_older(house: BuildHouse) -> None:
    project = await house.project()
    _, first = await running(house, project)
    (cache_of(house, 0) / "kept").touch()
    await house.request(project, packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": "2"}))
    second = asyncio.create_task(house.jobs.drain())
    await eventually(lambda: count(house, "running"))

    await house.jobs.renew()
    await eventually(lambda: len(house.sandbox.specs) == 2)

    assert (cache_of(house, 1) / "kept").exists()
    first.cancel()
    second.cancel()
    await asyncio.wait([first, second])


async def test_a_project_that_is_deleted_is_let_go_of(house: BuildHouse) -> None:
    build, draining = await running(house)

    with pytest.raises(BuildsRunning):
        await house.builds.project_deleted(build.project_id)
    await house.jobs.renew()
    await draining

    assert house.sandbox.canceled == 1
    await house.builds.project_deleted(build.project_id)
    assert house.files() == []


async def test_a_worker_that_ends_gives_its_build_back(house: BuildHouse) -> None:
    build, draining = await running(house)

    draining.cancel()
    await asyncio.wait([draining])
    assert (await house.look(build)).status is BuildStatus.QUEUED

    house.sandbox.hangs = False
    await house.make_jobs().drain()
    found = await house.look(build)
    assert (found.status, found.attempt) == (BuildStatus.SUCCEEDED, 2)
    assert any(line.startswith("Attempt 2") for line in await house.texts(build))


async def test_a_build_that_somebody_else_goes_on_with_ends_here_and_stays_whole(house: BuildHouse) -> None:
    build, draining = await running(house)
    await house.expire_leases()
    await house.leftovers.requeue(())
    another = Claims(house.db, "another")
    again = await another.claim()
    assert again is not None

    await house.jobs.renew()
    await draining

    assert house.sandbox.canceled == 1
    assert not await ended(house, build.log_stream_id)
    assert house.place.uploads.path(build.project_id, build.source.digest).exists()
    assert await another.renew([Attempt(again)]) == {build.id}


async def test_a_build_of_a_worker_that_died_is_run_again(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)
    await house.claims.claim()
    house.place.workspaces.prepare(build.project_id, build.id, 1).mkdir()
    house.sandbox.left = frozenset({f"build-{build.id}-1", "app-7"})

    await house.make_jobs().drain()

    assert (await house.look(build)).status is BuildStatus.SUCCEEDED
    assert not house.place.workspaces.is_used(build.project_id)
    assert house.sandbox.ended == [f"build-{build.id}-1"]


async def test_another_workers_build_is_run_again_when_its_lease_runs_out(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)
    await Claims(house.db, "dead").claim()

    assert not await house.jobs.sweep()
    await house.expire_leases()
    assert await house.jobs.sweep()
    await house.jobs.drain()

    assert (await house.look(build)).status is BuildStatus.SUCCEEDED


async def test_a_build_that_kills_its_worker_is_given_up(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)
    await house.claims.claim()
    async with house.db.session() as session:
        await session.execute(text("UPDATE builds SET attempt = 3, interruptions = 2"))

    await house.make_jobs().drain()

    found = await house.look(build)
    assert found.failure is not None
    assert found.failure.code == "build_interrupted"
    assert (await house.texts(build))[-3:] == [found.failure.what, found.failure.why, found.failure.next]
    assert await ended(house, build.log_stream_id)
    assert house.files() == []


async def test_the_end_of_a_canceled_build_is_seen_to_when_its_worker_is_dead(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)
    await Claims(house.db, "dead").claim()
    await house.cancel(build)
    await house.jobs.sweep()
    assert not await ended(house, build.log_stream_id)

    await house.expire_leases()
    await house.jobs.sweep()
    await house.jobs.sweep()

    assert await ended(house, build.log_stream_id)
    assert await house.texts(build) == ["Canceled by operator"]
    assert house.files() == []


async def test_a_database_that_is_away_at_the_finish_delays_it(
    house: BuildHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thakur.builds.attempts.jobs, "RETRY_SECONDS", 0.01)
    finish, refusals = house.jobs._claims.finish, iter(range(5))

    async def away(attempt: Attempt, outcome: Outcome) -> Build | None:
        if next(refusals, None) is not None:
            raise DatabaseUnavailable("away")
        await finish(attempt, outcome)
        if next(answers, None) is not None:
            raise DatabaseUnavailable("away after the commit")
        return await finish(attempt, outcome)

    answers = iter(range(1))
    monkeypatch.setattr(house.jobs._claims, "finish", away)
    build = await house.request(await house.project(), SITE)

    await house.jobs.drain()

    assert (await house.look(build)).status is BuildStatus.SUCCEEDED
    assert [ready.build_id for ready in house.consumer.heard] == [build.id]


async def test_a_build_whose_finish_nobody_hears_of_is_made_again(
    house: BuildHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thakur.builds.attempts.jobs, "WRITE_SECONDS", 0.05)
    monkeypatch.setattr(thakur.builds.attempts.jobs, "RETRY_SECONDS", 0.01)

    async def away(attempt: Attempt, outcome: Outcome) -> Build | None:
        raise DatabaseUnavailable("away")

    build = await house.request(await house.project(), SITE)
    with monkeypatch.context() as broken:
        broken.setattr(house.jobs._claims, "finish", away)
        await house.jobs.drain()
    await house.expire_leases()
    await house.jobs.sweep()

    await house.jobs.drain()

    found = await house.look(build)
    assert (found.status, found.attempt) == (BuildStatus.SUCCEEDED, 2)


async def test_news_that_nobody_took_is_told_again(house: BuildHouse, caplog: pytest.LogCaptureFixture) -> None:
    house.consumer.is_away = True
    build = await house.request(await house.project(), SITE)
    await house.jobs.drain()
    assert (await house.look(build)).status is BuildStatus.SUCCEEDED
    async with house.db.session() as session:
        await session.execute(text("UPDATE builds SET finished_at = now() - interval '4 seconds'"))
    await house.jobs.sweep()
    assert [record.message for record in caplog.records] == ["artifact could not be handed over"]

    house.consumer.is_away = False
    await house.jobs.sweep()
    await house.jobs.sweep()

    assert [ready.build_id for ready in house.consumer.heard] == [build.id]
    assert [path for path in house.files() if path.startswith("uploads")] == []


async def test_a_bug_fails_the_build_and_not_the_worker(
    house: BuildHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = await house.request(await house.project("broken"), packed(("package.json", b"{}"), ("index.ts", b"")))
    sound = await house.request(await house.project("sound"), SITE)

    async def bug(*arguments: object) -> Exit:
        raise ZeroDivisionError

    monkeypatch.setattr(house.sandbox, "run", bug)
    await house.jobs.drain()

    failure = (await house.look(broken)).failure
    assert failure is not None
    assert failure.code == "internal"
    assert (await house.texts(broken))[-1] == failure.next
    assert (await house.look(sound)).status is BuildStatus.SUCCEEDED


async def test_a_host_without_sandbox_is_told_in_its_own_words(
    house: BuildHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*arguments: object) -> Exit:
        raise SandboxRefused("No sandbox here.", hint="Install it.")

    monkeypatch.setattr(house.sandbox, "run", refuse)
    build = await house.request(await house.project(), SERVER)

    await house.jobs.drain()

    failure = (await house.look(build)).failure
    assert failure is not None
    assert (failure.code, failure.what, failure.next) == ("sandbox_refused", "No sandbox here.", "Install it.")
    assert (await house.texts(build))[-2:] == ["No sandbox here.", "Install it."]


def test_two_data_directories_are_two_workers() -> None:
    assert worker_name(Path("/a")) != worker_name(Path("/b"))
    assert worker_name(Path("/a")) == worker_name(Path("/a"))


def cache_of(house: BuildHouse, spec: int) -> Path:
    return Path(house.sandbox.specs[spec].app.path) / CACHE_NAME


async def count(house: BuildHouse, status: str) -> int:
    async with house.db.session() as session:
        return int(await session.scalar(text("SELECT count(*) FROM builds WHERE status = :s"), {"s": status}))


async def ended(house: BuildHouse, stream_id: int) -> bool:
    async with house.db.session() as session:
        found = await session.scalar(text("SELECT ended_at FROM log_streams WHERE id = :id"), {"id": stream_id})
    return found is not None
