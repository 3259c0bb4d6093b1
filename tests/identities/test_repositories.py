"""What a person sees of repositories: page by page, for nothing when nothing has changed, and no more than they may."""

from pathlib import Path

import pytest

from thakur.fakegithub import FakeRepository
from thakur.github import NotThere

MANY = 250


@pytest.fixture
def shelf(doors):
    """ada's account, with the App installed on many repositories."""
    state = doors.house.github.state
    installation = doors.house.installation
    for number in range(MANY - len(installation.repository_ids)):
        made = FakeRepository(state.new_id(), state.people.user("ada"), f"site-{number}", Path("/nonexistent"))
        state.repositories[made.id] = made
        installation.repository_ids.add(made.id)
    return installation


async def signed_in(doors, login: str):
    await doors.allow(login)
    client = await doors.rooms.identifying.identities.client(await doors.sign_in(login))
    assert client is not None
    return client


async def listed(client, installation_id: int) -> list[str]:
    names, page = [], 1
    while page:
        found = await client.repositories(installation_id, page)
        assert found.total >= len(found.repositories)
        names += [each.full_name for each in found.repositories]
        page = found.next_page
    return names


async def test_many_repositories_are_pages_and_the_second_load_costs_nothing(doors, shelf) -> None:
    client = await signed_in(doors, "ada")
    window = doors.house.github.gate.limits.window
    ada = f"user ID {doors.house.github.state.people.user('ada').id}"

    first = await listed(client, shelf.id)
    used = window(ada).used
    second = await listed(client, shelf.id)

    assert len(set(first)) == MANY
    assert second == first
    assert window(ada).used == used
    shelf.repository_ids.remove(doors.house.shop.id)
    assert "ada/shop" not in await listed(client, shelf.id)


async def test_whoever_is_no_longer_let_see_a_repository_sees_it_no_more(doors) -> None:
    state, shop = doors.house.github.state, doors.house.shop
    mia = state.people.user("mia")
    shop.collaborators[mia.id] = "write"
    client = await signed_in(doors, "mia")
    assert await listed(client, doors.house.installation.id) == ["ada/shop"]

    del shop.collaborators[mia.id]

    with pytest.raises(NotThere):
        await listed(client, doors.house.installation.id)
    assert doors.house.installation.id not in {each.id for each in await client.installations()}


async def test_one_person_is_never_told_what_another_was(doors) -> None:
    doors.house.github.state.people.user("mia")
    ada, mia = await signed_in(doors, "ada"), await signed_in(doors, "mia")

    assert (await ada.user()).login == "ada"
    assert (await mia.user()).login == "mia"
    assert {each.account.login for each in await ada.installations()} == {"ada"}
    with pytest.raises(NotThere):
        await mia.repositories(doors.house.installation.id)
