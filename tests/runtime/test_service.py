from typing import Any

import msgspec
import pytest

from support.queues import RecordingQueue
from support.rollout_room import RolloutRoom
from thakur.projects import ProjectStatus
from thakur.projects.environments import LocalEnvironments
from thakur.runtime import Assignments, DeploymentNotFound, DeploymentsSought, DeploymentStatus, Runtime


async def test_deployments_are_listed_newest_first_by_page_and_status(room: RolloutRoom) -> None:
    _: Runtime = room.runtime
    project = await room.project()
    for _number in range(3):
        await room.deployed(project)

    listed = await room.runtime.list(room.principal, project.id, limit=2)
    before = await room.runtime.list(room.principal, project.id, before=3)
    of_status = DeploymentsSought(status=DeploymentStatus.STANDBY)
    standby = await room.runtime.list(room.principal, project.id, sought=of_status)

    assert [one.number for one in listed] == [3, 2]
    assert [one.number for one in before] == [2, 1]
    assert [one.number for one in standby] == [2]


async def test_deployments_are_told_by_environment_and_branch_a_redeploy_by_its_origins(room: RolloutRoom) -> None:
    project = await room.project()
    for environment, branch in (("production", "main"), ("git-fix", "fix_1"), ("git-fix", "fix21"), ("production", "")):
        ready = await room.built(project, environment=environment)
        await room.runtime.artifact_ready(msgspec.structs.replace(ready, branch=branch))
        await room.jobs.drain()
    await room.rollouts.redeploy(room.principal, project.id, 1, "production")
    places = {place.label: place.id for place in await room.projects.environments(project.id)}

    async def numbers(**fields: Any) -> list[int]:
        sought = DeploymentsSought(**fields)
        return [one.number for one in await room.runtime.list(room.principal, project.id, sought=sought)]

    assert list(places) == ["production", "git-fix"]
    assert await numbers(environment_ids=(places["git-fix"],)) == [3, 2]
    assert await numbers(environment_ids=()) == []
    assert await numbers(branch="main") == [5, 1]
    assert await numbers(branch="fix_*") == [2], "an underscore is no wildcard"
    assert await numbers(branch="*1") == [3, 2]
    assert await numbers(branch="*") == [5, 4, 3, 2, 1]
    assert await numbers(branch="main", status=DeploymentStatus.ACTIVE) == []


async def test_another_projects_deployment_is_not_found(room: RolloutRoom) -> None:
    shop, blog = await room.project("shop"), await room.project("blog")
    await room.deployed(shop)

    with pytest.raises(DeploymentNotFound):
        await room.runtime.get(room.principal, blog.id, 1)


async def test_what_is_live_in_production_is_told_by_project(room: RolloutRoom) -> None:
    shop, blog = await room.project("shop"), await room.project("blog")
    live = await room.deployed(shop)
    await room.deployed(blog, environment="git-fix")

    assert await room.runtime.active(room.principal, [shop.id, blog.id]) == {shop.id: live}


async def test_the_newest_deployment_and_what_is_live_are_told_by_environment(room: RolloutRoom) -> None:
    shop, blog, empty = await room.project("shop"), await room.project("blog"), await room.project("empty")
    await room.deployed(shop)
    live = await room.deployed(shop)
    preview = await room.deployed(blog, environment="git-fix")
    waiting = await room.queued(shop)
    places = [(await room.projects.environment(each.id, "production")).id for each in (shop, empty)]
    places.append(preview.environment_id)

    newest = await room.runtime.newest(room.principal, places)

    assert newest == {places[0]: waiting, places[2]: preview}
    assert await room.runtime.live(room.principal, places) == {places[0]: live, places[2]: preview}


async def test_an_edge_is_assigned_what_is_active_with_its_own_env_vars(room: RolloutRoom) -> None:
    _: Assignments = room.runtime
    project = await room.project()
    room.env_vars.start = {"GREETING": "one"}
    await room.deployed(project)
    room.env_vars.start = {"GREETING": "two"}
    await room.queued(project)

    (order,) = await room.runtime.assigned(1)

    assert (order.number, order.hosts, order.env) == (1, ("shop.example.test",), {"GREETING": "one"})


async def test_an_environment_that_is_being_removed_gets_no_new_deployment(room: RolloutRoom, db) -> None:
    project = await room.project()
    preview = await room.projects.environment(project.id, "git-next")
    late = msgspec.structs.replace(await room.built(project), environment_id=preview.id)
    await LocalEnvironments(db, RecordingQueue()).remove(project.id, "git-next")

    await room.runtime.artifact_ready(late)

    assert await room.statuses(project) == {}


async def test_a_project_that_is_being_deleted_gets_no_new_deployment(room: RolloutRoom) -> None:
    project = await room.project()
    late = await room.built(project)
    await room.projects.delete(room.principal, "shop")
    assert (await room.projects.by_id(project.id)).status is ProjectStatus.DELETING

    await room.runtime.artifact_ready(late)

    assert await room.statuses(project) == {}
