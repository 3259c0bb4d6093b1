"""The job: builds run to an end, whatever ends them."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from support.build_house import BuildHouse
from support.tarballs import packed, packed_files
from support.waiting import eventually
from thakur.builds import BuildStatus
from thakur.builds.jobs import worker_name
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
    assert "Detected Plain folder (static)" in await house.texts(build)


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


async def test_a_canceled_build_is_stopped(house: BuildHouse) -> None:
    house.sandbox.hangs = True
    build = await house.request(await house.project(), SERVER)
    draining = asyncio.ensure_future(house.jobs.drain())
    await eventually(lambda: house.sandbox.specs)

    with pytest.raises(Exception, match="being ended"):
        await house.builds.project_deleted(build.project_id)
    await draining

    assert house.sandbox.canceled == 1
    assert (await house.look(build)).status is BuildStatus.CANCELED
    await house.builds.project_deleted(build.project_id)
    assert house.files() == []


async def test_a_worker_that_ends_gives_its_build_back(house: BuildHouse) -> None:
    house.sandbox.hangs = True
    build = await house.request(await house.project(), SERVER)
    draining = asyncio.ensure_future(house.jobs.drain())
    await eventually(lambda: house.sandbox.specs)

    draining.cancel()
    await asyncio.wait([draining])
    assert (await house.look(build)).status is BuildStatus.QUEUED

    house.sandbox.hangs = False
    await house.make_jobs().drain()
    found = await house.look(build)
    assert (found.status, found.attempt) == (BuildStatus.SUCCEEDED, 2)
    assert any(line.startswith("Attempt 2") for line in await house.texts(build))


async def test_a_build_of_a_worker_that_died_is_run_again(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)
    await house.claims.claim()
    house.place.workspaces.prepare(build.project_id, build.id, 1).mkdir()

    await house.make_jobs().drain()

    assert (await house.look(build)).status is BuildStatus.SUCCEEDED
    assert not house.place.workspaces.is_used(build.project_id)


async def test_a_build_that_kills_its_worker_is_given_up(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)
    await house.claims.claim()
    async with house.db.session() as session:
        await session.execute(text("UPDATE builds SET attempt = 3"))

    await house.make_jobs().drain()

    found = await house.look(build)
    assert found.failure is not None
    assert found.failure.code == "build_interrupted"
    assert (await house.texts(build))[0] == found.failure.what


async def test_news_that_nobody_took_is_told_again(house: BuildHouse, caplog: pytest.LogCaptureFixture) -> None:
    house.consumer.is_away = True
    build = await house.request(await house.project(), SITE)
    await house.jobs.drain()
    assert (await house.look(build)).status is BuildStatus.SUCCEEDED

    house.consumer.is_away = False
    await house.jobs.drain()
    await house.jobs.drain()

    assert [ready.build_id for ready in house.consumer.heard] == [build.id]


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


async def ended(house: BuildHouse, stream_id: int) -> bool:
    async with house.db.session() as session:
        found = await session.scalar(text("SELECT ended_at FROM log_streams WHERE id = :id"), {"id": stream_id})
    return found is not None
