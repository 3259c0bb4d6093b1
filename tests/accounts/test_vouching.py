"""Users for whom another place vouches."""

import pytest

from thakur.accounts import Role, UserNotFound, Visitor
from thakur.accounts.models import TeamRow, UserRow
from thakur.accounts.sessions import LocalSessions
from thakur.accounts.teams import LocalTeams
from thakur.accounts.vouching import LocalVouching, _names

VISITOR = Visitor(address="10.0.0.1", user_agent="A browser")


@pytest.fixture
async def team_id(db) -> int:
    async with db.session() as session:
        row = TeamRow(name="ours")
        session.add(row)
        await session.flush()
        return row.id


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("Ada", "ada"),
        ("ada-lovelace", "ada-lovelace"),
        ("ada_corp", "ada_corp"),
        ("operator", "operator-2"),
        ("-", "user"),
        ("Ada Löwe", "ada-l-we"),
        ("a" * 39, "a" * 35),
        ("x" * 34 + "-y", "x" * 34),
    ],
)
def test_a_name_is_made_that_a_user_can_have(wanted, first) -> None:
    assert next(_names(wanted)) == first


async def test_nobody_is_given_the_account_of_somebody_of_that_name(db) -> None:
    async with db.session() as session:
        session.add(UserRow(name="ada"))
    vouching = LocalVouching(db)

    made = [await vouching.make_user("ada") for _ in range(2)]

    async with db.session() as session:
        assert [(await session.get_one(UserRow, each)).name for each in made] == ["ada-2", "ada-3"]


async def test_whoever_joins_may_come_in_and_whoever_leaves_may_not(db, team_id) -> None:
    vouching, sessions = LocalVouching(db), LocalSessions(db)
    user_id = await vouching.make_user("ada")
    with pytest.raises(UserNotFound):
        await vouching.begin(user_id, team_id, "GitHub", VISITOR)

    await vouching.join(user_id, team_id, Role.MEMBER, "GitHub", VISITOR)
    await vouching.join(user_id, team_id, Role.ADMIN, "GitHub", VISITOR)
    secret = await vouching.begin(user_id, team_id, "GitHub", VISITOR)

    principal = await sessions.principal(secret, "10.0.0.1")
    assert principal is not None
    assert (principal.actor, principal.roles) == ("ada", {team_id: Role.MEMBER})
    assert await vouching.leave(user_id, team_id, "gone")
    assert await sessions.principal(secret, "10.0.0.1") is None
    assert await LocalTeams(db).members(principal, "ours") == []


async def test_an_owner_is_not_taken_out(db, team_id) -> None:
    vouching = LocalVouching(db)
    user_id = await vouching.make_user("ada")
    await vouching.join(user_id, team_id, Role.OWNER, "GitHub", VISITOR)

    assert not await vouching.leave(user_id, team_id, "gone")
    assert await vouching.team_ids(user_id) == {team_id}
