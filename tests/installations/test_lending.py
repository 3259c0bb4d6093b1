"""Tokens for builds: one repository, reading, revoked when the last build has given it back."""

import asyncio

import pytest

from thakur.installations import Connection, RepositoryShut
from thakur.installations.lending import LocalLender

URL = "http://127.0.0.1/ada/shop"


class Followed:
    """Implements what the lender asks of Connections and Clients."""

    def __init__(self, house) -> None:
        self.house = house

    async def of(self, project_ids):
        fields = {"app": 1, "installation_id": self.house.installation.id, "repository_id": self.house.shop.id}
        return {
            each: Connection(project_id=each, team_id=1, full_name="ada/shop", url=URL, **fields)
            for each in project_ids
            if each < 100
        }

    async def app(self, app):
        return self.house.app


@pytest.fixture
def lender(house) -> LocalLender:
    return LocalLender(Followed(house), Followed(house))


async def test_fifty_builds_at_once_are_lent_one_token_that_is_revoked_after_the_last(lender, house) -> None:
    lent = await asyncio.gather(*(lender.lend(1, URL) for _ in range(50)))

    assert len(set(lent)) == house.github.state.minted == 1
    token = house.github.state.tokens[lent[0]]
    assert (token.repository_ids, token.permissions) == ({house.shop.id}, {"metadata": "read", "contents": "read"})
    for each in lent[1:]:
        await lender.give_back(each)
    assert lent[0] in house.github.state.tokens
    await lender.give_back(lent[0])
    await lender.give_back(lent[0])
    assert house.github.state.tokens == {}
    assert await lender.lend(1, URL) != lent[0]


async def test_a_project_that_follows_nothing_and_another_url_are_lent_nothing(lender, house) -> None:
    assert await lender.lend(100, URL) == ""
    assert await lender.lend(1, "https://github.com/ada/shop") == ""
    await lender.give_back("")
    assert house.github.state.minted == 0


async def test_one_that_github_does_not_take_is_renewed_for_everybody_who_asks_later(lender, house) -> None:
    first, other = await lender.lend(1, URL), await lender.lend(2, URL)
    house.github.state.tokens.clear()

    second = await lender.renew(1, URL, first)

    assert second != first == other
    assert await lender.lend(3, URL) == second
    assert house.github.state.minted == 2
    await lender.give_back(other)


async def test_a_repository_that_is_shut_is_said_so(lender, house) -> None:
    house.github.suspend(house.installation, is_suspended=True)
    with pytest.raises(RepositoryShut, match="does not open ada/shop") as refused:
        await lender.lend(1, URL)
    assert "thakur github" in refused.value.hint


async def test_a_stumble_of_githubs_is_waited_for_and_one_at_the_end_harms_nobody(lender, house) -> None:
    house.github.fail("access_tokens", 2, 502)
    token = await lender.lend(1, URL)
    house.github.fail("DELETE", 9, 502)
    await lender.give_back(token)
