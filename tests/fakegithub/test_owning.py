"""What owners do: repositories and accounts become others, and Apps are told."""

import json

import pytest

from support.waiting import eventually
from thakur.github import NotThere


@pytest.fixture
def told(hooked):
    """Waits until this event and action has arrived; its payload."""
    _, got, _ = hooked

    async def told(event: str, action: str) -> dict:
        def found() -> list[dict]:
            bodies = [json.loads(body) for headers, body in got if headers["X-GitHub-Event"] == event]
            return [body for body in bodies if body["action"] == action]

        await eventually(lambda: len(found()) == 1)
        return found()[0]

    return told


async def test_a_new_default_branch_and_a_new_visibility_are_told_with_what_was_before(house, ask, told) -> None:
    house.github.owning.change_default_branch(house.shop, "next")
    assert (await told("repository", "edited"))["changes"] == {"default_branch": {"from": "main"}}
    house.github.owning.set_private(house.shop, is_private=False)
    assert (await told("repository", "publicized"))["repository"]["private"] is False
    house.github.owning.set_private(house.shop, is_private=True)
    await told("repository", "privatized")
    shown = await ask("")
    assert (shown["default_branch"], shown["visibility"]) == ("next", "private")


async def test_a_transferred_repository_is_open_only_where_the_app_is_installed_for_everything(
    house, ask, told
) -> None:
    owning = house.github.owning
    owning.transfer(house.shop, "grace")
    assert [each["name"] for each in (await told("installation_repositories", "removed"))["repositories_removed"]] == [
        "shop"
    ]
    with pytest.raises(NotThere):
        await ask("")
    grace = house.github.state.people.account("grace")
    there = house.github.installing.install(house.fake_app, grace, [], grace, has_all=True)
    owning.transfer(house.github.state.named("ada/other"), "grace")

    body = await told("repository", "transferred")

    assert body["changes"]["owner"]["from"]["user"]["login"] == "ada"
    assert (body["repository"]["full_name"], body["installation"]["id"]) == ("grace/other", there.id)


async def test_a_renamed_account_is_told_and_its_repositories_lead_on(house, ask, told) -> None:
    house.github.rename_account(house.github.state.people.account("ada"), "lovelace")
    body = await told("installation_target", "renamed")
    assert (body["changes"]["login"]["from"], body["account"]["login"]) == ("ada", "lovelace")
    assert (await ask(""))["full_name"] == "lovelace/shop"


async def test_a_deleted_repository_is_told_once_more_and_is_gone(house, ask, told) -> None:
    house.github.owning.delete(house.shop)
    assert (await told("repository", "deleted"))["repository"]["id"] == house.shop.id
    with pytest.raises(NotThere):
        await ask("")
