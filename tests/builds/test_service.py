"""Asking for builds and looking at them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.build_house import BuildHouse
from support.building import body_of
from support.tarballs import packed_files
from thakur.builds import (
    ArtifactNotFound,
    BuildEnded,
    BuildNotFound,
    BuildsRunning,
    BuildsSought,
    BuildStatus,
    GitSource,
    Source,
    Upload,
    UploadInvalid,
)
from thakur.queue import BUILDS

SITE = packed_files({"index.html": "hello"})


async def test_a_request_queues_a_build_and_wakes_a_worker(house: BuildHouse) -> None:
    project = await house.project()

    build = await house.builds.request(
        await house.principal(), project.id, Upload(folder="shop", commit="abc", message="m\0"), body_of(SITE)
    )

    assert (build.number, build.status, build.attempt, build.requested_by) == (1, BuildStatus.QUEUED, 0, "operator")
    assert build.source == Source(
        digest=build.source.digest, size_bytes=len(SITE), folder="shop", commit="abc", message="m\ufffd"
    )
    assert house.queue.wakes == [BUILDS]
    assert await house.look(build) == build


async def test_a_refused_upload_takes_no_number(house: BuildHouse) -> None:
    project = await house.project()

    with pytest.raises(UploadInvalid):
        await house.request(project, b"")

    assert (await house.request(project, SITE)).number == 1
    assert len(house.files()) == 1


async def test_a_broken_body_leaves_no_row_and_no_file(house: BuildHouse) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionResetError

    project = await house.project()

    with pytest.raises(ConnectionResetError):
        await house.builds.request(await house.principal(), project.id, Upload(), broken())

    assert await house.builds.list(await house.principal(), project.id) == []
    assert house.files() == []
    assert house.queue.wakes == []


async def test_a_newer_request_supersedes_the_queued_one(house: BuildHouse) -> None:
    project = await house.project()
    first = await house.request(project, SITE)
    other = await house.request(await house.project("other"), SITE)

    second = await house.request(project, packed_files({"index.html": "newer"}))

    assert (await house.look(first)).status is BuildStatus.SUPERSEDED
    assert (await house.look(other)).status is BuildStatus.QUEUED
    assert (await house.look(second)).status is BuildStatus.QUEUED
    assert await house.texts(first) == ["Superseded by #2 before it began"]
    assert [path for path in house.files() if first.source.digest in path] == [
        f"uploads/{other.project_id}/{other.source.digest}"
    ]


async def test_builds_are_listed_newest_first(house: BuildHouse) -> None:
    project = await house.project()
    for _ in range(4):
        await house.request(project, SITE)
    principal = await house.principal()

    assert [build.number for build in await house.builds.list(principal, project.id)] == [4, 3, 2, 1]
    assert [build.number for build in await house.builds.list(principal, project.id, limit=2, before=4)] == [3, 2]
    assert await house.builds.list(principal, project.id + 1) == []


async def test_builds_are_told_by_status_branch_environment_and_number(house: BuildHouse) -> None:
    project, principal = await house.project(), await house.principal()
    await house.request(project, SITE)
    for ref in ("main", "fix-cart", "main"):
        await house.builds.request_git(principal, project.id, GitSource(url="https://localhost/shop.git", ref=ref))
    (place,) = await house.projects.environments(project.id)

    async def numbers(**fields: Any) -> list[int]:
        found = await house.builds.list(principal, project.id, sought=BuildsSought(**fields))
        return [build.number for build in found]

    assert await numbers(branch="main") == [4, 2]
    assert await numbers(branch="fix-*", status=BuildStatus.SUPERSEDED) == [3]
    assert await numbers(status=BuildStatus.QUEUED) == [4]
    assert await numbers(environment_ids=(place.id,), numbers=(1, 4)) == [4, 1]
    assert await numbers(environment_ids=(place.id + 1,)) == []


async def test_each_environment_has_its_newest_build(house: BuildHouse) -> None:
    shop, blog, empty = [await house.project(name) for name in ("shop", "blog", "empty")]
    for project in (shop, shop, blog):
        await house.request(project, SITE)
    principal = await house.principal()

    places = [(await house.projects.environment(each.id, "production")).id for each in (shop, blog, empty)]
    newest = await house.builds.newest(principal, places)

    assert {place: build.number for place, build in newest.items()} == {places[0]: 2, places[1]: 1}
    assert await house.builds.newest(principal, []) == {}


async def test_what_is_not_there_is_not_found(house: BuildHouse) -> None:
    project = await house.project()

    with pytest.raises(BuildNotFound):
        await house.builds.get(await house.principal(), project.id, 1)
    with pytest.raises(ArtifactNotFound):
        await house.builds.artifact(project.id, 1)


async def test_an_artifact_is_its_projects(house: BuildHouse) -> None:
    project = await house.project()
    build = await house.request(project, SITE)
    await house.jobs.drain()
    artifact_id = (await house.look(build)).artifact_id
    assert artifact_id is not None

    artifact = await house.builds.artifact(project.id, artifact_id)

    assert (artifact.files, artifact.size_bytes, artifact.plan.framework) == (1, 5, "Plain folder")
    with pytest.raises(ArtifactNotFound):
        await house.builds.artifact(project.id + 1, artifact_id)


async def test_a_deleted_project_leaves_no_file(house: BuildHouse) -> None:
    project = await house.project()
    await house.request(project, SITE)
    await house.jobs.drain()
    waiting = await house.request(project, SITE)
    assert house.files()

    await house.builds.project_deleted(project.id)
    await house.builds.project_deleted(project.id)

    assert house.files() == []
    assert (await house.look(waiting)).status is BuildStatus.CANCELED


async def test_the_builds_of_an_environment_end_with_it_and_no_others(house: BuildHouse) -> None:
    project, principal = await house.project(), await house.principal()
    asked = GitSource(url="https://localhost/shop.git")
    kept = await house.builds.request_git(principal, project.id, asked)
    gone = await house.builds.request_git(principal, project.id, asked, "git-next")
    assert gone.environment_id != kept.environment_id

    await house.builds.environment_deleted(project.id, gone.environment_id)

    assert (await house.look(gone)).status is BuildStatus.CANCELED
    assert (await house.look(kept)).status is BuildStatus.QUEUED


async def test_a_project_with_a_workspace_in_use_is_deleted_later(house: BuildHouse) -> None:
    project = await house.project()
    house.place.workspaces.prepare(project.id, 1, 1).mkdir()

    with pytest.raises(BuildsRunning):
        await house.builds.project_deleted(project.id)


async def test_a_queued_build_is_canceled_with_its_log_and_its_upload(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)

    canceled = await house.cancel(build)

    assert (canceled.status, canceled.ended_by) == (BuildStatus.CANCELED, "operator")
    assert canceled.finished_at is not None
    assert await house.texts(build) == ["Canceled by operator"]
    assert [batch async for batch in house.logs.tail(build.log_stream_id, 1)] == []
    assert house.files() == []
    assert await house.claims.claim() is None
    assert house.queue.wakes == [BUILDS, BUILDS]


async def test_what_has_ended_is_not_canceled(house: BuildHouse) -> None:
    project = await house.project()
    build = await house.request(project, SITE)
    await house.jobs.drain()

    with pytest.raises(BuildEnded, match="it succeeded") as refusal:
        await house.cancel(build)

    assert (refusal.value.number, refusal.value.ended_as) == (1, BuildStatus.SUCCEEDED)
    with pytest.raises(BuildNotFound):
        await house.builds.cancel(await house.principal(), project.id, 7)


async def test_of_requests_in_the_same_moment_the_newest_number_stays(house: BuildHouse) -> None:
    project = await house.project()

    builds = await asyncio.gather(*(house.request(project, SITE) for _ in range(8)))

    waiting = [build.number for build in builds if (await house.look(build)).status is BuildStatus.QUEUED]
    assert waiting == [8]
    for build in builds:
        if build.number < 8:
            assert len(await house.texts(build)) == 1


async def test_who_comes_late_with_an_older_number_gives_way(
    house: BuildHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await house.project()
    numbers = iter((2, 1))

    async def take_number(project_id: int) -> int:
        return next(numbers)

    monkeypatch.setattr(house.projects, "take_number", take_number)
    newer, older = await house.request(project, SITE), await house.request(project, SITE)

    assert (older.number, older.status, older.ended_by) == (1, BuildStatus.SUPERSEDED, "#2")
    assert (await house.look(newer)).status is BuildStatus.QUEUED


async def test_a_deletion_waits_for_a_worker_that_holds_a_build(house: BuildHouse) -> None:
    build = await house.request(await house.project(), SITE)
    await house.claims.claim()

    with pytest.raises(BuildsRunning):
        await house.builds.project_deleted(build.project_id)
    await house.expire_leases()
    await house.builds.project_deleted(build.project_id)

    assert house.files() == []
