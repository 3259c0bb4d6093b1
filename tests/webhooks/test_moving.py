"""Repositories and accounts that are called something else, or are somebody else's, and projects that follow them on."""

import json

import pytest

from support.github import Clone
from support.github_post import Post
from thakur.projects import Repository


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


async def pushed(house, clone, post) -> str:
    clone.git("remote", "set-url", "origin", house.github.push_url(house.shop))
    sha = clone.commit({"a": "2"})
    await clone.push()
    await post.carry()
    return sha


async def name_of(rooms, project) -> tuple[str, str]:
    followed = (await rooms.connections.of([project]))[project]
    kept = (await rooms.repositories.of([project]))[project]
    assert kept.url == followed.url
    return followed.full_name, kept.url


async def test_a_renamed_repository_is_built_by_its_new_name_with_the_next_push(rooms, house, place) -> None:
    project, clone, post = place
    house.github.rename(house.shop, "ada/store")
    sha = await pushed(house, clone, post)

    assert await name_of(rooms, project) == ("ada/store", f"{house.github.url}/ada/store")
    assert rooms.builds.commits[-1] == sha


async def test_a_push_after_a_rename_that_nobody_has_told_is_built_all_the_same(rooms, house, place) -> None:
    project, clone, post = place
    house.github.rename(house.shop, "ada/store")
    post.lose()
    sha = await pushed(house, clone, post)

    assert rooms.builds.commits[-1] == sha
    assert (await rooms.connections.of([project]))[project].trouble == ""


async def test_a_renamed_owner_takes_all_repositories_along(rooms, house, ours, place) -> None:
    project, clone, post = place
    house.github.rename_account(house.github.state.people.account("ada"), "lovelace")
    sha = await pushed(house, clone, post)

    assert await name_of(rooms, project) == ("lovelace/shop", f"{house.github.url}/lovelace/shop")
    assert rooms.builds.commits[-1] == sha
    assert [each.account for each in (await rooms.apps.list(ours))[0].installations] == ["lovelace"]


async def test_a_transferred_repository_is_built_where_the_app_is_installed_too(rooms, house, place) -> None:
    project, clone, post = place
    grace = house.github.state.people.account("grace")
    there = house.github.installing.install(house.fake_app, grace, [], grace, has_all=True)
    house.github.owning.transfer(house.shop, "grace")
    sha = await pushed(house, clone, post)

    assert await name_of(rooms, project) == ("grace/shop", f"{house.github.url}/grace/shop")
    assert (await rooms.connections.of([project]))[project].installation_id == there.id
    assert rooms.builds.commits[-1] == sha


async def test_a_transfer_is_followed_also_to_an_installation_that_nobody_has_told_of(
    rooms, house, ours, place
) -> None:
    project, clone, post = place
    grace = house.github.state.people.account("grace")
    there = house.github.installing.install(house.fake_app, grace, [], grace, has_all=True)
    post.lose()
    house.github.owning.transfer(house.shop, "grace")
    (transferred,) = [each for each in house.github.hooks.log if each.payload.get("action") == "transferred"]
    post.lose()
    await rooms.deliver("repository", json.dumps(transferred.payload).encode(), transferred.guid)
    await rooms.jobs.drain()

    assert (await rooms.connections.of([project]))[project].installation_id == there.id
    sha = await pushed(house, clone, post)
    assert rooms.builds.commits[-1] == sha
    assert sorted(each.account for each in (await rooms.apps.list(ours))[0].installations) == ["ada", "grace"]


async def test_a_repository_that_went_to_somebody_without_the_app_is_said_so_and_keeps_what_is_live(
    rooms, house, place
) -> None:
    project, _, post = place
    house.github.owning.transfer(house.shop, "grace")
    await post.carry()

    followed = (await rooms.connections.of([project]))[project]
    assert followed.trouble
    assert "Install the App" in followed.trouble
    assert len(rooms.builds.commits) == 1
    assert (await rooms.repositories.of([project]))[project] == Repository(url=followed.url, branch="main")


async def test_whoever_named_no_branch_follows_another_default_one_until_they_name_theirs(
    rooms, house, ours, place
) -> None:
    _, clone, post = place
    project = await rooms.follow(ours, "default", follows_default=True)
    await rooms.jobs.drain()
    await clone.push("HEAD:refs/heads/next", "HEAD:refs/heads/last")
    house.github.owning.change_default_branch(house.shop, "next")
    sha = clone.commit({"a": "3"})
    await clone.push("HEAD:refs/heads/next")
    await post.carry(times=2)
    kept = (await rooms.repositories.of([project]))[project]
    assert (kept.branch, rooms.builds.commits[-1]) == ("next", sha)

    await rooms.repositories.set(ours, project, kept.url, "main")
    house.github.owning.change_default_branch(house.shop, "last")
    await post.carry()
    assert (await rooms.repositories.of([project]))[project].branch == "main"


async def test_another_visibility_changes_nothing_and_another_default_branch_nothing_for_who_named_theirs(
    rooms, house, place
) -> None:
    project, clone, post = place
    house.github.owning.set_private(house.shop, is_private=False)
    house.github.owning.set_private(house.shop, is_private=True)
    await clone.push("HEAD:refs/heads/next")
    house.github.owning.change_default_branch(house.shop, "next")
    sha = await pushed(house, clone, post)

    assert rooms.builds.commits[-1] == sha
    assert (await rooms.repositories.of([project]))[project].branch == "main"


async def test_whoever_sends_the_number_of_a_strange_installation_moves_nothing(rooms, house, place) -> None:
    project, _, _ = place
    about = {"action": "transferred", "repository": {"id": house.shop.id}, "installation": {"id": 999_999}}
    await rooms.deliver("repository", json.dumps(about).encode(), "strange")
    await rooms.jobs.drain()

    followed = (await rooms.connections.of([project]))[project]
    assert (followed.installation_id, followed.full_name) == (house.installation.id, "ada/shop")
