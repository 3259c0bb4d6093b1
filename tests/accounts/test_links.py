"""Tests of login links: used once, for what they were made for."""

import asyncio

import pytest
from sqlalchemy import text

from support.accounts_house import HERE, House
from thakur.accounts import (
    ActionForbidden,
    AttemptsExhausted,
    InvitationNotFound,
    LinkKind,
    LinkUnusable,
    OwnerExists,
    Role,
    TeamNotFound,
    UserNameRefused,
    UserNameTaken,
    UserNotFound,
)
from thakur.accounts.attempts import OF_ADDRESS


async def test_the_first_link_makes_the_owner_of_the_default_team(house: House):
    made = await house.links.make_first()
    assert made is not None

    owner = await house.seen(await house.links.use(made.secret, HERE, "Ada"))

    assert (owner.actor, list(owner.roles.values())) == ("ada", [Role.OWNER])
    assert owner.roles == {owner.team_id: Role.OWNER}
    assert await house.links.make_first() is None


async def test_of_two_uses_at_once_one_wins(committed_house: House):
    made = await committed_house.links.make_first()
    assert made is not None

    used = await asyncio.gather(
        *(committed_house.links.use(made.secret, HERE, f"ada{number}") for number in range(5)), return_exceptions=True
    )

    assert sorted(type(one) is str for one in used) == [False] * 4 + [True]
    assert {type(one) for one in used if type(one) is not str} == {LinkUnusable}
    async with committed_house.db.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM users")) == 1
        assert await session.scalar(text("SELECT count(*) FROM sessions")) == 1


async def test_two_first_links_make_one_owner(house: House):
    first = await house.links.make_first()
    second = await house.links.make_first()
    assert first is not None
    assert second is not None

    with pytest.raises(LinkUnusable):
        await house.links.use(first.secret, HERE, "ada")
    await house.links.use(second.secret, HERE, "ada")


async def test_a_first_link_that_came_second_says_that_there_is_an_owner(house: House):
    made = await house.links.make_first()
    assert made is not None
    async with house.db.session() as session:
        await session.execute(text("INSERT INTO users (name) VALUES ('eve')"))
        await session.execute(
            text("INSERT INTO memberships SELECT teams.id, users.id, 'owner', now() FROM teams, users")
        )

    with pytest.raises(OwnerExists):
        await house.links.use(made.secret, HERE, "ada")


async def test_looking_at_a_link_does_not_use_it(house: House):
    made = await house.links.make_first()
    assert made is not None

    for _ in range(3):
        assert (await house.links.look(made.secret, HERE)).kind is LinkKind.OWNER

    await house.links.use(made.secret, HERE, "ada")
    with pytest.raises(LinkUnusable):
        await house.links.look(made.secret, HERE)


async def test_an_expired_link_is_of_no_use(house: House):
    made = await house.links.make_first()
    assert made is not None
    async with house.db.session() as session:
        await session.execute(text("UPDATE login_links SET expires_at = now() - interval '1 s'"))

    with pytest.raises(LinkUnusable):
        await house.links.look(made.secret, HERE)
    with pytest.raises(LinkUnusable):
        await house.links.use(made.secret, HERE, "ada")


async def test_a_link_lives_ten_minutes_and_only_its_hash_is_kept(house: House):
    made = await house.links.make_first()
    assert made is not None
    async with house.db.session() as session:
        row = (await session.execute(text("SELECT *, expires_at - now() AS life FROM login_links"))).one()

    assert row.life.total_seconds() == 600
    assert len(made.secret) == 43
    assert made.secret.encode() not in row.hash
    assert made.secret not in str(row)


async def test_a_name_that_is_refused_leaves_the_link_usable(house: House):
    owner = await house.owner()
    invited = await house.links.invite(owner, "default", Role.MEMBER)

    with pytest.raises(UserNameRefused):
        await house.links.use(invited.secret, HERE, "no such name")
    with pytest.raises(UserNameRefused):
        await house.links.use(invited.secret, HERE, "operator")
    with pytest.raises(UserNameTaken):
        await house.links.use(invited.secret, HERE, "ADA")

    member = await house.seen(await house.links.use(invited.secret, HERE, "ben"))
    assert member.roles == {owner.team_id: Role.MEMBER}


async def test_an_invitation_takes_whoever_is_signed_in_as_they_are(house: House):
    owner = await house.owner()
    ben = await house.joined(owner, "ben", Role.VIEWER)
    await house.teams.make(owner, "others")
    owner = await house.seen_again(owner)
    invited = await house.links.invite(owner, "others", Role.ADMIN)

    ben = await house.seen(await house.links.use(invited.secret, HERE, "", ben))

    assert (ben.actor, sorted(ben.roles.values())) == ("ben", ["admin", "viewer"])


async def test_an_invitation_does_not_change_the_role_that_a_member_has(house: House):
    owner = await house.owner()
    invited = await house.links.invite(owner, "default", Role.VIEWER)

    again = await house.seen(await house.links.use(invited.secret, HERE, "", owner))

    assert again.roles == owner.roles


async def test_nobody_invites_above_their_own_role(house: House):
    owner = await house.owner()
    admin = await house.joined(owner, "ben", Role.ADMIN)
    member = await house.joined(owner, "cem", Role.MEMBER)

    await house.links.invite(admin, "default", Role.ADMIN)
    with pytest.raises(ActionForbidden):
        await house.links.invite(admin, "default", Role.OWNER)
    with pytest.raises(ActionForbidden):
        await house.links.invite(member, "default", Role.VIEWER)
    with pytest.raises(TeamNotFound):
        await house.links.invite(owner, "others", Role.VIEWER)


async def test_an_invitation_can_be_withdrawn(house: House):
    owner = await house.owner()
    made = await house.links.invite(owner, "default", Role.MEMBER)
    (listed,) = await house.links.invitations(owner, "default")
    assert (listed.role, listed.made_by, listed.team) == (Role.MEMBER, "ada", "default")

    await house.links.withdraw(owner, "default", listed.id)

    assert await house.links.invitations(owner, "default") == []
    with pytest.raises(LinkUnusable):
        await house.links.use(made.secret, HERE, "ben")
    with pytest.raises(InvitationNotFound):
        await house.links.withdraw(owner, "default", listed.id)


async def test_the_operator_makes_links_for_the_owner_or_a_user(house: House):
    operator = await house.accounts.operator()
    assert (await house.links.make_login(operator, None)).kind is LinkKind.OWNER
    owner = await house.owner()
    await house.joined(owner, "ben", Role.VIEWER)

    for_owner = await house.links.make_login(operator, None)
    for_ben = await house.links.make_login(operator, "Ben")

    assert (for_owner.kind, for_owner.user) == (LinkKind.LOGIN, "ada")
    assert (await house.seen(await house.links.use(for_ben.secret, HERE, ""))).actor == "ben"
    with pytest.raises(UserNotFound):
        await house.links.make_login(operator, "cem")


async def test_with_several_owners_one_is_to_be_named(house: House):
    owner = await house.owner()
    await house.joined(owner, "ben", Role.OWNER)

    with pytest.raises(UserNotFound, match="ada, ben"):
        await house.links.make_login(await house.accounts.operator(), None)


async def test_guessing_is_stopped_before_anything_is_looked_up(house: House):
    made = await house.links.make_first()
    assert made is not None
    for _ in range(OF_ADDRESS):
        with pytest.raises(LinkUnusable):
            await house.links.look("guess", HERE)

    with pytest.raises(AttemptsExhausted):
        await house.links.look(made.secret, HERE)
    with pytest.raises(AttemptsExhausted):
        await house.links.use(made.secret, HERE, "ada")
