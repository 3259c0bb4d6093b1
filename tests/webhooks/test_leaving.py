"""Apps that are suspended, let go and let in again, and repositories that are taken from them."""

import json

import pytest

from support.github import Clone
from support.github_post import Post
from thakur.github import NotThere
from thakur.installations import RepositoryShut


@pytest.fixture
async def ours(rooms):
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return ours


@pytest.fixture
async def place(rooms, house, ours, tmp_path):
    """A project that follows a shop with one commit, which was built; its id, a clone, and the post."""
    clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
    clone.commit({"a": "1"})
    await clone.push()
    project, post = await rooms.follow(ours), Post(rooms, house)
    await post.carry()
    assert len(rooms.builds.commits) == 1
    return project, clone, post


async def trouble_of(rooms, project) -> str:
    return (await rooms.connections.of([project]))[project].trouble


async def statuses(rooms, ours) -> list[str]:
    return [each.status for each in (await rooms.apps.list(ours))[0].installations]


async def test_while_it_is_suspended_nothing_is_built_and_afterwards_what_was_pushed_meanwhile(
    rooms, house, ours, place
) -> None:
    project, clone, post = place
    house.github.suspend(house.installation, is_suspended=True)
    sha = clone.commit({"a": "2"})
    await clone.push()
    await post.carry()
    assert await statuses(rooms, ours) == ["suspended"]
    assert await trouble_of(rooms, project)
    with pytest.raises(RepositoryShut):
        await rooms.lender.lend(project, (await rooms.connections.of([project]))[project].url)
    assert len(rooms.builds.commits) == 1

    house.github.suspend(house.installation, is_suspended=False)
    await post.carry()

    assert await statuses(rooms, ours) == ["active"]
    assert (rooms.builds.commits[-1], await trouble_of(rooms, project)) == (sha, "")


async def test_a_repository_that_is_taken_from_the_app_is_said_so_and_followed_again_when_it_is_given_back(
    rooms, house, place
) -> None:
    project, clone, post = place
    house.github.remove(house.installation, house.shop)
    await post.carry()
    assert "Install the App" in await trouble_of(rooms, project)
    sha = clone.commit({"a": "2"})
    await clone.push()

    ada = house.github.state.people.account("ada")
    house.github.installing.choose(house.installation, [house.shop], ada)
    await post.carry()

    assert (rooms.builds.commits[-1], await trouble_of(rooms, project)) == (sha, "")


async def test_an_app_that_was_let_go_keeps_projects_which_are_followed_again_when_it_is_let_in_again(
    rooms, house, ours, place
) -> None:
    project, clone, post = place
    house.github.uninstall(house.installation)
    await post.carry(times=2)
    assert await statuses(rooms, ours) == ["gone"]
    assert project in await rooms.connections.of([project])
    assert len(rooms.builds.commits) == 1

    again = house.github.install(house.fake_app, "ada", house.shop)
    stale = {"action": "deleted", "installation": {"id": again.id}}
    await post.carry()
    await rooms.deliver("installation", json.dumps(stale).encode(), "stale")
    await rooms.jobs.drain()

    assert sorted(await statuses(rooms, ours)) == ["active", "gone"]
    sha = clone.commit({"a": "2"})
    await clone.push()
    await post.carry()
    assert (rooms.builds.commits[-1], await trouble_of(rooms, project)) == (sha, "")


@pytest.mark.parametrize("event", ["push", "repository", "pull_request", "check_suite"])
async def test_an_event_of_a_repository_that_nobody_follows_leads_to_nothing(rooms, house, place, event) -> None:
    asked = len(house.asked)
    actions = {"repository": "renamed", "pull_request": "opened", "check_suite": "completed"}
    body = {"ref": "refs/heads/main", "action": actions.get(event, ""), "number": 1, "repository": {"id": 4711}}
    await rooms.deliver(event, json.dumps(body).encode(), "unknown")
    await rooms.jobs.drain()

    assert len(house.asked) == asked
    assert len(rooms.builds.commits) == 1


async def test_an_event_of_an_installation_that_nobody_knows_makes_none(rooms, house, ours, place) -> None:
    for action in ("created", "deleted", "suspend"):
        body = {"action": action, "installation": {"id": 4711}}
        await rooms.deliver("installation", json.dumps(body).encode(), action)
    await rooms.jobs.drain()

    assert await statuses(rooms, ours) == ["active"]
    with pytest.raises(NotThere):
        await (await rooms.clients.installed((await rooms.apps.secrets())[0].app, 4711)).repositories()
