"""The same source with the same settings reuses its artifact; anything else is built."""

import shutil

import pytest

from support.build_house import BuildHouse
from support.building import body_of
from support.needs import Needs
from support.tarballs import packed_files
from thakur.builds import Build, BuildStatus, Upload
from thakur.projects import Overrides, Project

SERVER = packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": ""})


async def built(house: BuildHouse, project: Project, archive: bytes = SERVER) -> Build:
    build = await house.request(project, archive)
    await house.jobs.drain()
    return await house.look(build)


async def test_the_same_upload_is_not_built_twice(house: BuildHouse) -> None:
    project = await house.project()
    first = await built(house, project)

    second = await built(house, project)

    assert (second.status, second.number) == (BuildStatus.SUCCEEDED, 2)
    assert (second.artifact_id, second.plan) == (first.artifact_id, first.plan)
    assert [step.name for step in second.steps] == ["reuse"]
    assert len(house.sandbox.specs) == 1
    assert [ready.number for ready in house.consumer.heard] == [1, 2]
    texts = await house.texts(second)
    assert len(texts) == 1
    assert texts[0].startswith("Reusing what #1 made")


@pytest.mark.parametrize("change", ["env", "settings", "source", "project", "fresh"])
async def test_anything_else_is_built(house: BuildHouse, change: str) -> None:
    project = await house.project()
    await built(house, project)
    archive = SERVER

    if change == "env":
        house.place.env_vars.build["API_URL"] = "https://example.com"
    elif change == "settings":
        house.place.settings = Overrides(health_path="/up")
    elif change == "source":
        archive = packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": "1"})
    elif change == "project":
        project = await house.project("other")
    if change == "fresh":
        upload = Upload(is_fresh=True)
        await house.builds.request(await house.principal(), project.id, upload, body_of(archive))
        await house.jobs.drain()
    else:
        await built(house, project, archive)

    assert len(house.sandbox.specs) == 2


async def test_an_artifact_whose_files_are_gone_is_built_again(house: BuildHouse) -> None:
    project = await house.project()
    first = await built(house, project)
    assert first.artifact_id is not None
    artifact = await house.builds.artifact(project.id, first.artifact_id)
    shutil.rmtree(await house.place.artifacts.directory(project.id, artifact.digest))

    second = await built(house, project)

    assert len(house.sandbox.specs) == 2
    assert second.artifact_id == first.artifact_id
    assert await house.place.artifacts.verify(project.id, artifact.digest)


async def test_an_artifact_that_was_removed_is_built_again(house: BuildHouse) -> None:
    project = await house.project()
    await built(house, project)
    await house.builds.keep_artifacts(Needs())

    await built(house, project)

    assert len(house.sandbox.specs) == 2


async def test_what_failed_is_tried_again(house: BuildHouse) -> None:
    project = await house.project()
    await built(house, project, packed_files({"README": "nothing that anybody recognises"}))

    again = await built(house, project, packed_files({"README": "nothing that anybody recognises"}))

    assert again.status is BuildStatus.FAILED
