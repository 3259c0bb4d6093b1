"""Tests of teams and their members."""

import asyncio

import pytest

from support.accounts_house import HERE, House
from thakur.accounts import (
    ActionForbidden,
    LastOwner,
    Role,
    TeamNameRefused,
    TeamNameTaken,
    TeamNotFound,
    UserNotFound,
)


async def test_an_owner_makes_a_second_team_and_owns_it(house: House):
    owner = await house.owner()

    made = await house.teams.make(owner, "others")

    assert (made.name, made.role) == ("others", Role.OWNER)
    assert [team.name for team in await house.teams.list(await house.seen_again(owner))] == ["default", "others"]
    with pytest.raises(TeamNameTaken):
        await house.teams.make(owner, "others")
    with pytest.raises(TeamNameRefused):
        await house.teams.make(owner, "Other People")


async def test_an_admin_makes_no_team_and_a_stranger_sees_none(house: House):
    owner = await house.owner()
    admin = await house.joined(owner, "ben", Role.ADMIN)
    await house.teams.make(owner, "others")

    with pytest.raises(ActionForbidden):
        await house.teams.make(admin, "third")
    assert [team.name for team in await house.teams.list(admin)] == ["default"]
    with pytest.raises(TeamNotFound):
        await house.teams.members(admin, "others")


async def test_members_are_listed_by_their_rights(house: House):
    owner = await house.owner("zoe")
    await house.joined(owner, "ben", Role.VIEWER)
    await house.joined(owner, "ada", Role.ADMIN)

    members = await house.teams.members(owner, "default")

    assert [(one.user, one.role) for one in members] == [
        ("zoe", Role.OWNER),
        ("ada", Role.ADMIN),
        ("ben", Role.VIEWER),
    ]


async def test_a_changed_role_counts_at_once(house: House):
    owner = await house.owner()
    ben = await house.joined(owner, "ben", Role.VIEWER)

    await house.teams.change_role(owner, "default", "ben", Role.ADMIN)

    assert (await house.seen_again(ben)).roles == {owner.team_id: Role.ADMIN}


async def test_an_admin_reaches_nobody_above(house: House):
    owner = await house.owner()
    admin = await house.joined(owner, "ben", Role.ADMIN)
    await house.joined(owner, "cem", Role.MEMBER)

    for user, role in (("ada", Role.VIEWER), ("cem", Role.OWNER), ("ben", Role.OWNER)):
        with pytest.raises(ActionForbidden):
            await house.teams.change_role(admin, "default", user, role)
    with pytest.raises(ActionForbidden):
        await house.teams.remove(admin, "default", "ada")
    await house.teams.change_role(admin, "default", "cem", Role.ADMIN)


async def test_a_member_changes_nobody_and_may_leave(house: House):
    owner = await house.owner()
    ben = await house.joined(owner, "ben", Role.MEMBER)

    with pytest.raises(ActionForbidden):
        await house.teams.change_role(ben, "default", "ben", Role.ADMIN)
    with pytest.raises(ActionForbidden):
        await house.teams.remove(ben, "default", "ada")
    with pytest.raises(ActionForbidden):
        await house.teams.remove(ben, "default", "nobody")

    await house.teams.remove(ben, "default", "ben")

    assert [one.user for one in await house.teams.members(owner, "default")] == ["ada"]


async def test_whoever_is_in_no_team_any_more_is_signed_out(house: House):
    owner = await house.owner()
    made = await house.links.invite(owner, "default", Role.MEMBER)
    secret = await house.links.use(made.secret, HERE, "ben")

    await house.teams.remove(owner, "default", "ben")

    assert await house.sessions.principal(secret, HERE.address) is None
    with pytest.raises(UserNotFound):
        await house.teams.remove(owner, "default", "ben")


async def test_the_last_owner_stays(house: House):
    owner = await house.owner()

    with pytest.raises(LastOwner):
        await house.teams.remove(owner, "default", "ada")
    with pytest.raises(LastOwner):
        await house.teams.change_role(owner, "default", "ada", Role.ADMIN)

    await house.joined(owner, "ben", Role.OWNER)
    await house.teams.change_role(owner, "default", "ada", Role.ADMIN)


async def test_two_owners_who_leave_at_once_do_not_both_go(committed_house: House):
    house = committed_house
    ada = await house.owner()
    ben = await house.joined(ada, "ben", Role.OWNER)

    left = await asyncio.gather(
        house.teams.remove(ada, "default", "ada"),
        house.teams.remove(ben, "default", "ben"),
        return_exceptions=True,
    )

    assert sorted(str(type(one).__name__) for one in left) == ["LastOwner", "NoneType"]
