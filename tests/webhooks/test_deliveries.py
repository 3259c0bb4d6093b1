"""Deliveries as people look at them: what became of each, and having it once more."""

import asyncio

import pytest
from sqlalchemy import text

from support.github import Clone
from support.waiting import eventually
from thakur.accounts import ActionForbidden, Role
from thakur.github import GitHubUnavailable
from thakur.webhooks import DeliveryStatus, DeliveryUnknown, DeliveryUnmoved
from thakur.webhooks import inbox as inboxes
from thakur.webhooks.events import idle

PUSH = b'{"ref": "refs/heads/main", "repository": {"id": %d, "full_name": "ada/shop"}, "sender": {"login": "ada"}}'
STAR = b'{"action": "created", "repository": {"id": 7, "full_name": "ada/shop"}}'


@pytest.fixture
async def ours(rooms):
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return ours


@pytest.fixture
def push(house) -> bytes:
    return PUSH % house.shop.id


async def test_each_is_shown_with_what_became_of_it(rooms, ours, push) -> None:
    (app,) = await rooms.apps.every()
    await rooms.deliver("push", push, "one")
    await rooms.jobs.drain()
    await rooms.inbox.ignore(app, "two", idle("star", STAR))
    await rooms.deliver("push", push, "three")

    found = await rooms.deliveries.list(ours)

    assert [(each.guid, each.event, each.action, each.status) for each in found] == [
        ("three", "push", "", "received"),
        ("two", "star", "created", "ignored"),
        ("one", "push", "", "done"),
    ]
    assert (found[2].repository, found[2].branch, found[2].sender, found[2].app) == (
        "ada/shop",
        "main",
        "ada",
        "thakur",
    )
    assert found[2].done_at >= found[2].received_at
    assert [each.guid for each in await rooms.deliveries.list(ours, status=DeliveryStatus.IGNORED)] == ["two"]
    assert [each.guid for each in await rooms.deliveries.list(ours, event="push", before=found[0].id)] == ["one"]
    (((_, number), arrived),) = (await rooms.deliveries.arrived(ours)).items()
    assert (number, arrived.failed) == (rooms.house.fake_app.id, 0)
    assert arrived.last_at == found[0].received_at


async def test_what_was_acted_on_or_failed_is_acted_on_again(rooms, ours, push, db) -> None:
    await rooms.deliver("push", push, "one")
    async with db.session() as session:
        await session.execute(text("UPDATE webhook_deliveries SET status = 'failed', attempts = 12, reason = 'away'"))

    assert [each.failed for each in (await rooms.deliveries.arrived(ours)).values()] == [1]
    assert not (await rooms.deliveries.redeliver(ours, "one")).is_sent_again
    with pytest.raises(DeliveryUnmoved, match="waits"):
        await rooms.deliveries.redeliver(ours, "one")
    await rooms.jobs.drain()

    (kept,) = await rooms.deliveries.list(ours)
    assert (kept.status, kept.reason, kept.attempts) == ("done", "", 1)
    assert not (await rooms.deliveries.redeliver(ours, "one")).is_sent_again


async def test_what_nothing_follows_from_is_not_acted_on_and_is_when_it_becomes_something(rooms, ours, push) -> None:
    (app,) = await rooms.apps.every()
    await rooms.inbox.ignore(app, "two", idle("push", push))
    with pytest.raises(DeliveryUnmoved, match="Nothing follows"):
        await rooms.deliveries.redeliver(ours, "two")

    assert await rooms.deliver("push", push, "two"), "a newer version of this server may know the event"


async def test_what_never_arrived_is_found_in_githubs_log_and_sent_again(rooms, ours, house, tmp_path) -> None:
    house.github.hooks.is_cut = True
    clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
    clone.commit({"a": "1"})
    await clone.push()
    await eventually(lambda: all(each.status != "pending" for each in house.github.hooks.log))

    missing = await rooms.deliveries.missing(ours)
    (lost,) = [each for each in missing if each.event == "push"]
    assert "failed" in lost.status
    assert (await rooms.deliveries.redeliver(ours, lost.guid)).is_sent_again
    assert house.github.hooks.log[-1].guid == lost.guid

    await rooms.deliver("push", PUSH % house.shop.id, lost.guid)
    assert lost.guid not in [each.guid for each in await rooms.deliveries.missing(ours)]


async def test_of_an_app_that_is_pulled_nothing_is_missing(rooms, ours, house) -> None:
    house.github.hooks.is_cut = True
    house.github.uninstall(house.installation)
    await eventually(lambda: all(each.status != "pending" for each in house.github.hooks.log))
    assert await rooms.deliveries.missing(ours)

    rooms.apps._is_pulled = True

    assert await rooms.deliveries.missing(ours) == []


async def test_a_guid_that_nobody_has_is_unknown(rooms, ours) -> None:
    with pytest.raises(DeliveryUnknown):
        await rooms.deliveries.redeliver(ours, "nobody's")


async def test_a_log_that_takes_too_long_ends(rooms, ours, monkeypatch) -> None:
    async def never(self, since):
        await asyncio.Event().wait()

    monkeypatch.setattr("thakur.webhooks.deliveries.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("thakur.github.App.deliveries", never)
    with pytest.raises(GitHubUnavailable):
        await rooms.deliveries.missing(ours)


async def test_others_see_nothing_of_them(rooms, ours, push) -> None:
    await rooms.deliver("push", push, "one")
    theirs = await rooms.principal("theirs")

    assert await rooms.deliveries.list(theirs) == []
    with pytest.raises(DeliveryUnknown):
        await rooms.deliveries.redeliver(theirs, "one")
    with pytest.raises(ActionForbidden):
        await rooms.deliveries.list(await rooms.principal("members", Role.MEMBER))


async def test_rows_do_not_grow_for_ever(rooms, ours, push, db, monkeypatch) -> None:
    (app,) = await rooms.apps.every()
    for guid in "abcd":
        await rooms.inbox.ignore(app, guid, idle("star", STAR))
    for guid in "efgh":
        await rooms.deliver("push", push, guid)
    async with db.session() as session:
        await session.execute(
            text("UPDATE webhook_deliveries SET received_at = now() - interval '4 days' WHERE guid IN ('a', 'e')")
        )
        await session.execute(text("UPDATE webhook_deliveries SET status = 'done' WHERE guid IN ('f', 'g')"))

    await rooms.inbox.forget_old()
    assert [each.guid for each in await rooms.deliveries.list(ours)] == list("hgfedcb")

    monkeypatch.setattr(inboxes, "MOST", 2)
    await rooms.inbox.forget_old()
    assert [each.guid for each in await rooms.deliveries.list(ours)] == list("hge"), "what waits is never dropped"
