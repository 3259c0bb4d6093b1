"""Tests of projects and environments."""

import asyncio

import pytest

from support.queues import RecordingQueue
from thakur.accounts import Principal, Role
from thakur.accounts.models import TeamRow
from thakur.db import Database
from thakur.projects import PRODUCTION, ProjectNameInvalid, ProjectNameTaken, ProjectNotFound, ProjectStatus
from thakur.projects.service import LocalProjects


async def test_a_project_belongs_to_the_team_that_made_it(projects: LocalProjects, ours: Principal):
    made = await projects.create(ours, "shop")

    assert (made.name, made.team_id, made.status) == ("shop", ours.team_id, ProjectStatus.ACTIVE)
    assert await projects.get(ours, "shop") == made
    assert await projects.by_id(made.id) == made


async def test_a_refused_name_makes_nothing(projects: LocalProjects, ours: Principal):
    with pytest.raises(ProjectNameInvalid):
        await projects.create(ours, "www")

    assert await projects.list(ours) == []


async def test_a_name_is_unique_on_the_whole_server(projects: LocalProjects, ours: Principal, theirs: Principal):
    await projects.create(theirs, "shop")
    await projects.create(theirs, "shop-2")

    with pytest.raises(ProjectNameTaken) as taken:
        await projects.create(ours, "shop")

    assert taken.value.field == "name"
    assert taken.value.hint == "Try shop-3."


async def test_a_taken_name_is_never_answered_with_one_that_is_refused(projects: LocalProjects, ours: Principal):
    await projects.create(ours, "shop-pr")

    with pytest.raises(ProjectNameTaken) as taken:
        await projects.create(ours, "shop-pr")

    assert taken.value.hint == "Choose another name."


async def test_another_team_s_project_is_not_found(projects: LocalProjects, ours: Principal, theirs: Principal):
    await projects.create(theirs, "shop")

    with pytest.raises(ProjectNotFound):
        await projects.get(ours, "shop")
    with pytest.raises(ProjectNotFound):
        await projects.delete(ours, "shop")
    assert await projects.list(ours) == []
    assert (await projects.get(theirs, "shop")).status is ProjectStatus.ACTIVE


async def test_a_principal_of_two_teams_sees_both_newest_first(
    projects: LocalProjects,
    ours: Principal,
    theirs: Principal,
):
    await projects.create(ours, "shop")
    await projects.create(theirs, "blog")
    both = Principal(actor="both", team_id=ours.team_id, roles=ours.roles | theirs.roles)

    assert [project.name for project in await projects.list(both)] == ["blog", "shop"]


async def test_a_deleted_project_is_gone_at_once_but_keeps_its_name(
    projects: LocalProjects,
    queue: RecordingQueue,
    ours: Principal,
):
    shop = await projects.create(ours, "shop")

    await projects.delete(ours, "shop")

    assert queue.wakes == ["deletions"]
    assert await projects.list(ours) == []
    for use in (projects.get(ours, "shop"), projects.delete(ours, "shop"), projects.take_number(shop.id)):
        with pytest.raises(ProjectNotFound):
            await use
    with pytest.raises(ProjectNameTaken):
        await projects.create(ours, "shop")
    assert (await projects.by_id(shop.id)).status is ProjectStatus.DELETING


async def test_an_environment_is_made_once(projects: LocalProjects, ours: Principal):
    shop = await projects.create(ours, "shop")

    production = await projects.environment(shop.id, PRODUCTION)
    preview = await projects.environment(shop.id, "git-login")

    assert await projects.environment(shop.id, PRODUCTION) == production
    assert preview.id != production.id
    with pytest.raises(ProjectNotFound):
        await projects.environment(shop.id + 1, PRODUCTION)


async def test_places_name_environments(projects: LocalProjects, ours: Principal):
    shop, blog = await projects.create(ours, "shop"), await projects.create(ours, "blog")
    first, second = await projects.environment(shop.id, PRODUCTION), await projects.environment(blog.id, "git-x")

    places = await projects.places([first.id, second.id, second.id + 1])

    assert {place.environment_id: (place.project, place.label) for place in places.values()} == {
        first.id: ("shop", PRODUCTION),
        second.id: ("blog", "git-x"),
    }
    assert await projects.places([]) == {}


async def test_numbers_are_given_once_to_everyone_who_asks(committed_db: Database, queue: RecordingQueue):
    projects = LocalProjects(committed_db, queue, [])
    async with committed_db.session() as session:
        team = TeamRow(name="ours")
        session.add(team)
        await session.flush()
        ours = Principal(actor="ours", team_id=team.id, roles={team.id: Role.OWNER})
    shop = await projects.create(ours, "shop")
    blog = await projects.create(ours, "blog")

    numbers = await asyncio.gather(*(projects.take_number(shop.id) for _ in range(20)))

    assert sorted(numbers) == list(range(1, 21))
    assert await projects.take_number(blog.id) == 1
