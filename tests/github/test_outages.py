"""GitHub on a bad day: connections that break, answers that are none, and limits; and what a good one costs."""

import asyncio

import pytest

from support.github import Clone
from thakur.fakegithub import FakeRepository
from thakur.github import GitHubUnavailable, NotThere
from thakur.github.user import User

DEPLOYMENTS = "POST /api/v3/repositories"


class Held:
    """A person's token, which is always the same."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def token(self) -> str:
        return self.text

    async def renewed(self, refused: str) -> str:
        raise AssertionError(refused)


@pytest.fixture
def person(house):
    """Asks as a user of that login."""

    def person(login: str) -> User:
        granted = house.github.state.grants.grant(house.fake_app, house.github.state.people.user(login))
        return User(house.app.rest, Held(granted.text), f"user {login}")

    return person


@pytest.fixture
async def sha(house, tmp_path) -> str:
    clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
    sha = clone.commit({"a": "1"})
    await clone.push()
    return sha


async def every(person: User, installation_id: int) -> list[str]:
    names, page = [], 1
    while page is not None:
        found = await person.repositories(installation_id, page)
        names += [each.full_name for each in found.repositories]
        page = found.next_page
    return names


BAD = [
    {"is_reset": True},
    {"truncate_bytes": 20},
    {"status": 502, "body": "<html>Unicorn!</html>"},
    {"status": 200, "body": "<html>Hello</html>"},
    {"delay_seconds": 30},
]


@pytest.mark.parametrize("bad", BAD)
async def test_what_only_reads_is_asked_again_until_there_is_an_answer(house, monkeypatch, bad) -> None:
    monkeypatch.setattr("thakur.github.rest.ANSWER_SECONDS", 0.3)
    monkeypatch.setattr("thakur.github.rest.FIRST_BACKOFF_SECONDS", 0.01)
    house.github.fault("/repos/ada/shop", 2, **bad)

    assert (await house.installed.repository("ada/shop")).id == house.shop.id


@pytest.mark.parametrize("bad", [*BAD[:3], BAD[4]])
async def test_a_deployment_whose_answer_was_lost_is_found_and_not_made_again(house, sha, monkeypatch, bad) -> None:
    monkeypatch.setattr("thakur.github.rest.ANSWER_SECONDS", 0.3)
    house.github.fault(DEPLOYMENTS, **bad)
    with pytest.raises(GitHubUnavailable):
        await house.installed.make_deployment(house.shop.id, sha, "production", "shop #1")

    await house.installed.make_deployment(house.shop.id, sha, "production", "shop #1")

    assert len(house.shop.deployments) == 1


async def test_nothing_is_asked_before_the_hour_is_over_when_it_is_used_up(house, sha) -> None:
    await house.installed.repository("ada/shop")
    house.github.gate.limits.leave(f"installation ID {house.installation.id}", 0, seconds=40)
    with pytest.raises(GitHubUnavailable) as refused:
        await house.installed.head(house.shop.id, "main")
    asked = len(house.asked)

    results = await asyncio.gather(
        *(house.installed.head(house.shop.id, "main") for _ in range(5)), return_exceptions=True
    )

    assert 38 < refused.value.retry_seconds <= 42
    assert {type(each) for each in results} == {GitHubUnavailable}
    assert len(house.asked) == asked
    assert (await house.app.found()).slug == "thakur", "the App has an hour of its own"


async def test_many_repositories_are_read_page_by_page_and_for_the_second_time_at_no_cost(house, person) -> None:
    state = house.github.state
    for number in range(249):
        # Nobody looks into them.
        made = FakeRepository(state.new_id(), house.shop.account, f"r{number:03}", house.shop.path)
        state.repositories[made.id] = made
        house.installation.repository_ids.add(made.id)
    ada = person("ada")
    window = house.github.gate.limits.window(f"user ID {house.github.state.people.user('ada').id}")

    first = await every(ada, house.installation.id)
    used = window.used
    second = await every(ada, house.installation.id)

    assert len(set(first)) == 250
    assert second == first
    assert (used, window.used) == (3, 3)
    house.github.remove(house.installation, house.shop)
    assert set(first) - set(await every(ada, house.installation.id)) == {"ada/shop"}


async def test_whoever_has_lost_access_to_a_repository_sees_it_no_more(house, person) -> None:
    grace = house.github.state.people.user("grace")
    house.shop.collaborators[grace.id] = "read"
    asks = person("grace")
    assert await every(asks, house.installation.id) == ["ada/shop"]

    del house.shop.collaborators[grace.id]

    with pytest.raises(NotThere):
        await every(asks, house.installation.id)
    assert await asks.installations() == []


@pytest.mark.parametrize("is_stateless", [True, False])
async def test_a_token_of_either_form_that_github_took_back_is_replaced_once(house, monkeypatch, is_stateless) -> None:
    mint = house.github.state.mint
    monkeypatch.setattr(house.github.state, "mint", lambda *words, **_: mint(*words, is_stateless=is_stateless))
    await house.installed.repository("ada/shop")
    house.github.state.tokens.clear()

    found = await asyncio.gather(*(house.installed.repository("ada/shop") for _ in range(20)))

    assert {each.id for each in found} == {house.shop.id}
    assert house.github.state.minted == 2
