"""Tests of API tokens."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from support.accounts_house import House
from thakur.accounts import (
    ActionForbidden,
    AttemptsExhausted,
    Role,
    TokenNameRefused,
    TokenNameTaken,
    TokenNotFound,
    TokenRefused,
    TokenScope,
)
from thakur.accounts.attempts import OF_ADDRESS

THERE = "198.51.100.4"


async def test_a_token_stands_for_its_maker_in_one_team(house: House):
    owner = await house.owner()
    await house.teams.make(owner, "others")
    owner = await house.seen_again(owner)

    made = await house.tokens.make(owner, "ci", TokenScope.DEPLOY, None)
    found = await house.tokens.principal(made.secret, THERE)

    assert made.secret.startswith("thk_")
    assert len(made.secret) == 47
    assert made.token.prefix == made.secret[:8]
    assert (found.actor, found.user_id, found.scope) == ("ada (token ci)", owner.user_id, TokenScope.DEPLOY)
    assert found.roles == {owner.team_id: Role.OWNER}
    assert found.address == THERE


async def test_only_the_hash_is_kept_and_the_list_shows_no_secret(house: House):
    owner = await house.owner()
    made = await house.tokens.make(owner, "ci", TokenScope.READ, timedelta(days=90))

    (listed,) = await house.tokens.list(owner)

    assert listed == made.token
    assert made.secret not in str(listed)
    async with house.db.session() as session:
        row = (await session.execute(text("SELECT * FROM api_tokens"))).one()
    assert made.secret[8:] not in str(row)
    assert made.secret.encode() not in row.hash


async def test_a_token_has_the_role_that_its_maker_has_at_that_moment(house: House):
    owner = await house.owner()
    ben = await house.joined(owner, "ben", Role.ADMIN)
    made = await house.tokens.make(ben, "ci", TokenScope.ALL, None)

    await house.teams.change_role(owner, "default", "ben", Role.VIEWER)
    assert (await house.tokens.principal(made.secret, THERE)).roles == {owner.team_id: Role.VIEWER}

    await house.teams.remove(owner, "default", "ben")
    with pytest.raises(TokenRefused):
        await house.tokens.principal(made.secret, THERE)


async def test_a_token_expires_and_can_be_revoked(house: House):
    owner = await house.owner()
    short = await house.tokens.make(owner, "short", TokenScope.READ, timedelta(days=1))
    long = await house.tokens.make(owner, "long", TokenScope.READ, timedelta(days=3))
    async with house.db.session() as session:
        await session.execute(text("UPDATE api_tokens SET expires_at = expires_at - interval '2 days'"))

    with pytest.raises(TokenRefused):
        await house.tokens.principal(short.secret, THERE)
    await house.tokens.principal(long.secret, THERE)
    await house.tokens.revoke(owner, "long")
    with pytest.raises(TokenRefused):
        await house.tokens.principal(long.secret, THERE)
    with pytest.raises(TokenNotFound):
        await house.tokens.revoke(owner, "long")


async def test_who_manages_members_sees_and_revokes_all_and_others_their_own(house: House):
    owner = await house.owner()
    ben = await house.joined(owner, "ben", Role.MEMBER)
    await house.tokens.make(owner, "release", TokenScope.ALL, None)
    await house.tokens.make(ben, "laptop", TokenScope.ALL, None)
    await house.tokens.make(await house.accounts.operator(), "host", TokenScope.ALL, None)

    assert [(one.name, one.made_by) for one in await house.tokens.list(owner)] == [
        ("host", "operator"),
        ("laptop", "ben"),
        ("release", "ada"),
    ]
    assert [one.name for one in await house.tokens.list(ben)] == ["laptop"]
    with pytest.raises(TokenNotFound):
        await house.tokens.revoke(ben, "release")
    await house.tokens.revoke(owner, "laptop")


async def test_a_name_is_plain_and_the_team_s_own(house: House):
    owner = await house.owner()
    await house.tokens.make(owner, "ci", TokenScope.READ, None)

    with pytest.raises(TokenNameTaken):
        await house.tokens.make(owner, "ci", TokenScope.READ, None)
    for name in ("", "a b", "-a", "ä", "a" * 40):
        with pytest.raises(TokenNameRefused):
            await house.tokens.make(owner, name, TokenScope.READ, None)


async def test_a_smaller_token_makes_no_other(house: House):
    owner = await house.owner()
    made = await house.tokens.make(owner, "ci", TokenScope.DEPLOY, None)

    with pytest.raises(ActionForbidden):
        await house.tokens.make(await house.tokens.principal(made.secret, THERE), "more", TokenScope.READ, None)


async def test_guessing_is_stopped(house: House):
    owner = await house.owner()
    made = await house.tokens.make(owner, "ci", TokenScope.READ, None)
    for _ in range(OF_ADDRESS):
        with pytest.raises(TokenRefused):
            await house.tokens.principal("thk_guess", THERE)

    with pytest.raises(AttemptsExhausted):
        await house.tokens.principal(made.secret, THERE)
    await house.tokens.principal(made.secret, "198.51.100.5")
