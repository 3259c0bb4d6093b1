"""Tests of the audit log."""

from datetime import timedelta

import pytest

from support.accounts_house import House
from thakur.accounts import ActionForbidden, Role, TokenScope


async def test_what_was_done_is_told_with_who_where_and_on_what(house: House):
    owner = await house.owner()
    made = await house.tokens.make(owner, "ci", TokenScope.DEPLOY, timedelta(days=1))
    ben = await house.joined(owner, "ben", Role.MEMBER)
    await house.teams.change_role(owner, "default", "ben", Role.ADMIN)
    await house.accounts.audit(ben, "request build", "shop")

    events = await house.accounts.events(owner)

    assert [(one.actor, one.action, one.subject, one.address) for one in events] == [
        ("ben", "request build", "shop", "192.0.2.7"),
        ("ada", "change role", "ben from member to admin", "192.0.2.7"),
        ("ben", "sign in", "by a link of ada", "192.0.2.7"),
        ("ada", "invite", "member to default", "192.0.2.7"),
        ("ada", "make token", "ci (deploy)", "192.0.2.7"),
        ("ada", "sign in", "by a link of operator", "192.0.2.7"),
    ]
    assert made.secret not in str(events)


async def test_the_log_is_read_in_pages(house: House):
    owner = await house.owner()
    for number in range(5):
        await house.accounts.audit(owner, "act", str(number))

    first = await house.accounts.events(owner, limit=2)
    second = await house.accounts.events(owner, before=first[-1].id, limit=2)

    assert [one.subject for one in [*first, *second]] == ["4", "3", "2", "1"]


async def test_another_team_s_events_are_nobody_else_s_and_a_member_reads_none(house: House):
    owner = await house.owner()
    member = await house.joined(owner, "ben", Role.MEMBER)
    admin = await house.joined(owner, "cem", Role.ADMIN)
    others = await house.teams.make(owner, "others")
    await house.accounts.audit(await house.seen_again(owner), "act", "theirs", others.id)

    assert "theirs" not in [one.subject for one in await house.accounts.events(admin)]
    with pytest.raises(ActionForbidden):
        await house.accounts.events(member)
