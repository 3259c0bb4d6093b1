"""Tests of sessions."""

import pytest
from sqlalchemy import text

from support.accounts_house import HERE, House
from thakur.accounts import ActionForbidden, Principal, Role, SessionNotFound, TokenScope, Visitor


async def login(house: House, user: str = "ada", visitor: Visitor = HERE) -> str:
    made = await house.links.make_login(await house.accounts.operator(), user)
    return await house.links.use(made.secret, visitor, "")


async def test_every_login_begins_a_session_of_its_own(house: House):
    await house.owner()

    secrets = [await login(house) for _ in range(3)]

    assert len(set(secrets)) == 3
    assert len({(await house.seen(secret)).session_id for secret in secrets}) == 3


async def test_only_the_hash_is_kept(house: House):
    await house.owner()
    secret = await login(house)

    async with house.db.session() as session:
        rows = (await session.execute(text("SELECT * FROM sessions"))).all()

    assert secret not in str(rows)
    assert all(secret.encode() not in row.hash for row in rows)


@pytest.mark.parametrize("change", ["expires_at = now()", "used_at = now() - interval '14 days 1 second'"])
async def test_a_session_ends_by_age_and_by_idleness(house: House, change: str):
    owner = await house.owner()
    secret = await login(house)
    async with house.db.session() as session:
        await session.execute(text(f"UPDATE sessions SET {change}"))

    assert await house.sessions.principal(secret, HERE.address) is None
    assert await house.sessions.list(owner) == []


async def test_a_session_that_is_used_stays_and_its_time_is_coarse(house: House):
    await house.owner()
    secret = await login(house)
    ago = "now() - interval '%s'"
    for long, is_written in (("30 s", False), ("13 days", True)):
        async with house.db.session() as session:
            await session.execute(text(f"UPDATE sessions SET used_at = {ago % long}"))

        asker = await house.sessions.principal(secret, "192.0.2.99")

        assert asker is not None
        (current,) = [one for one in await house.sessions.list(asker) if one.is_current]
        assert (current.address == "192.0.2.99") is is_written


async def test_the_list_shows_the_asker_where_they_are_signed_in(house: House):
    owner = await house.owner()
    other = Visitor(address="198.51.100.1", user_agent="Safari on iPhone")
    await login(house, visitor=other)
    await house.joined(owner, "ben", Role.VIEWER)

    listed = await house.sessions.list(owner)

    assert [(one.user_agent, one.address, one.is_current) for one in listed] == [
        ("Safari on iPhone", "198.51.100.1", False),
        ("Firefox on Linux", "192.0.2.7", True),
    ]


async def test_an_ended_session_is_gone_at_once(house: House):
    owner = await house.owner()
    secret = await login(house)
    ended = (await house.seen(secret)).session_id
    assert ended is not None

    await house.sessions.end(owner, ended)

    assert await house.sessions.principal(secret, HERE.address) is None
    with pytest.raises(SessionNotFound):
        await house.sessions.end(owner, ended)


async def test_somebody_else_s_session_is_not_found(house: House):
    owner = await house.owner()
    ben = await house.joined(owner, "ben", Role.OWNER)
    assert ben.session_id is not None

    with pytest.raises(SessionNotFound):
        await house.sessions.end(owner, ben.session_id)


async def test_all_other_sessions_end_together(house: House):
    owner = await house.owner()
    secrets = [await login(house), await login(house)]

    assert await house.sessions.end_others(owner) == 2

    assert [await house.sessions.principal(secret, "") for secret in secrets] == [None, None]
    assert len(await house.sessions.list(owner)) == 1


async def test_a_token_of_a_small_scope_ends_no_session(house: House):
    owner = await house.owner()
    small = Principal(
        actor="ada (token ci)",
        team_id=owner.team_id,
        roles=owner.roles,
        user_id=owner.user_id,
        scope=TokenScope.DEPLOY,
    )

    with pytest.raises(ActionForbidden):
        await house.sessions.end_others(small)


async def test_a_session_acts_in_the_team_that_was_chosen(house: House):
    owner = await house.owner()
    await house.teams.make(owner, "others")
    owner = await house.seen_again(owner)

    await house.sessions.act_in(owner, "others")

    chosen = await house.seen_again(owner)
    assert chosen.team_id != owner.team_id
    assert chosen.roles == owner.roles
