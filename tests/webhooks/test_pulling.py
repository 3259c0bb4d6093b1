"""What GitHub could not deliver is read from its log, once, whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from support.github import Clone
from thakur.github import Delivery
from thakur.webhooks.pulling import Pulling, events


@pytest.fixture
async def ours(rooms, house):
    house.github.hooks.is_cut = True
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return ours


@pytest.fixture
def clone(tmp_path, house) -> Clone:
    return Clone(tmp_path / "work", house.github.push_url(house.shop))


@pytest.fixture
def pulling(rooms) -> Pulling:
    return Pulling(rooms.apps, rooms.clients, rooms.connections, rooms.inbox)


def again_now(pulling: Pulling) -> None:
    pulling._due.clear()


async def test_a_push_that_could_not_be_delivered_is_built_once(rooms, ours, house, clone, pulling) -> None:
    await rooms.follow(ours)
    await rooms.jobs.drain()
    commit = clone.commit({"a": "1"})
    await clone.push()

    assert await pulling.look()
    await rooms.jobs.drain()
    again_now(pulling)
    asked = len(house.asked)
    assert not await pulling.look()
    await rooms.jobs.drain()

    ((actor, source),) = rooms.builds.asked
    assert (source.commit, actor) == (commit, "ada (GitHub)")
    assert house.asked[asked:] == ["GET /api/v3/app/hook/deliveries"], "the list alone"
    assert not await pulling.look(), "not before its time"


async def test_while_nothing_happens_asking_costs_nothing_of_what_github_allows(
    rooms, ours, house, clone, pulling
) -> None:
    await rooms.follow(ours)
    clone.commit({"a": "1"})
    await clone.push()

    async def ask() -> int:
        again_now(pulling)
        await pulling.look()
        await rooms.tracks.look_soon_everywhere()
        await rooms.jobs.drain()
        return sum(window.used for window in house.github.gate.limits._windows.values())

    await ask()
    spent, asked = await ask(), len(house.asked)
    assert await ask() == spent
    assert len(house.asked) >= asked + 2, "the log, and the branch"


async def test_an_uninstalled_app_is_known_without_any_webhook(rooms, ours, house, pulling) -> None:
    await rooms.follow(ours)
    await pulling.look()
    await rooms.jobs.drain()
    house.github.uninstall(house.installation)
    again_now(pulling)

    assert await pulling.look()
    await rooms.jobs.drain()

    assert [each.status for each in (await rooms.apps.list(ours))[0].installations] == ["gone"]


async def test_while_github_is_away_nothing_is_lost_and_nobody_asks_sooner_than_it_allows(
    rooms, ours, house, clone, pulling
) -> None:
    await rooms.follow(ours)
    await rooms.jobs.drain()
    commit = clone.commit({"a": "1"})
    await clone.push()
    house.github.fail("/deliveries", 1, 429, "slow down", retry_after="40")

    assert not await pulling.look()
    asked = len(house.asked)
    again_now(pulling)
    assert not await pulling.look()
    assert len(house.asked) == asked

    for app in await rooms.apps.every():
        (await rooms.clients.app(app)).rest._paused_until.clear()
    again_now(pulling)
    assert await pulling.look()
    await rooms.jobs.drain()
    assert rooms.builds.commits == [commit]


async def test_a_payload_that_is_kept_no_more_is_asked_for_once(rooms, ours, house, clone, pulling) -> None:
    await rooms.follow(ours)
    await pulling.look()
    clone.commit({"a": "1"})
    await clone.push()
    house.github.fail("GET /api/v3/app/hook/deliveries/", 9, 404)
    again_now(pulling)
    await pulling.look()
    asked = len(house.asked)
    again_now(pulling)

    assert not await pulling.look()
    assert len(house.asked) == asked + 1


def delivery(number: int, guid: str, event: str = "push", repository: int | None = 7, action: str = "") -> Delivery:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Delivery(
        id=number, guid=guid, delivered_at=at, status="OK", event=event, action=action, repository_id=repository
    )


def test_of_each_event_the_first_attempt_is_read_oldest_first_and_nothing_that_leads_nowhere() -> None:
    listed = [
        delivery(9, "b"),
        delivery(8, "a"),
        delivery(7, "star", event="star"),
        delivery(6, "elsewhere", repository=8),
        delivery(5, "archived", event="repository", action="archived"),
        delivery(4, "suspended", event="installation", repository=None, action="suspend"),
        delivery(3, "a"),
        delivery(2, "ping", event="ping", repository=None),
    ]

    assert [(each.id, each.guid) for each in events(listed, {7})] == [(3, "a"), (4, "suspended"), (9, "b")]
