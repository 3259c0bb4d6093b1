"""What GitHub is told, in the background: late, seldom, the last state, and never at anybody's cost."""

import pytest
from sqlalchemy import text

from support.github import Clone
from thakur.installations import Report


@pytest.fixture
async def report(rooms, house, tmp_path) -> Report:
    clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
    sha = clone.commit({"a": "1"})
    await clone.push()
    ours = await rooms.principal()
    await rooms.add_app(ours)
    project = await rooms.follow(ours)
    report = Report(
        project_id=project,
        number=1,
        sha=sha,
        state="queued",
        description="Waiting to be built",
        context="thakur/shop",
        log_url="http://127.0.0.1/log",
    )
    followed = (await rooms.connections.of([project]))[project]
    await rooms.reports.open(followed, report)
    await rooms.reports.open(followed, report)
    return report


def states(rooms) -> list[str]:
    return [each["state"] for made in rooms.house.shop.deployments for each in made["statuses"]]


async def test_states_that_were_not_sent_give_way_to_the_last(rooms, report) -> None:
    await rooms.sending.drain()
    assert states(rooms) == ["queued"]
    assert await rooms.reports.tell(report, "in_progress", "Building")
    assert await rooms.reports.tell(report, "success", "Live", "http://shop.localhost")
    assert not await rooms.reports.tell(report, "success", "Live", "http://shop.localhost")

    await rooms.sending.drain()
    await rooms.sending.drain()

    assert states(rooms) == ["queued", "success"]
    assert len(rooms.house.shop.deployments) == 1
    last = rooms.house.shop.deployments[0]["statuses"][-1]
    assert (last["environment_url"], last["log_url"]) == ("http://shop.localhost", "http://127.0.0.1/log")
    assert [(each["context"], each["state"]) for each in rooms.house.shop.statuses] == [
        ("thakur/shop", "pending"),
        ("thakur/shop", "success"),
    ]


async def test_an_outage_delays_what_is_told_and_the_deployment_is_made_once(rooms, report, db) -> None:
    rooms.house.github.fail("/statuses", 1, 502)
    await rooms.sending.drain()
    assert len(rooms.house.shop.deployments) == 1
    assert states(rooms) == []
    asked = len(rooms.house.asked)
    await rooms.sending.drain()
    assert len(rooms.house.asked) == asked, "not before its time"

    async with db.session() as session:
        await session.execute(text("UPDATE github_reports SET next_at = now()"))
    await rooms.sending.drain()

    assert states(rooms) == ["queued"]
    assert len(rooms.house.shop.deployments) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"times": 3, "status": 502},
        {"times": 4, "is_reset": True},
        {"times": 2, "truncate_bytes": 5},
        {"times": 2, "status": 200, "body": "<html>"},
    ],
)
async def test_whatever_goes_wrong_on_the_way_the_last_state_arrives(rooms, report, db, bad) -> None:
    await rooms.sending.drain()
    rooms.house.github.fault("/statuses", **bad)
    for state in ("in_progress", "success"):
        await rooms.reports.tell(report, state, state)
        await rooms.sending.drain()
    for _ in range(8):
        async with db.session() as session:
            await session.execute(text("UPDATE github_reports SET next_at = now()"))
        await rooms.sending.drain()

    assert states(rooms)[-1] == "success"
    assert rooms.house.shop.statuses[-1]["state"] == "success"
    assert len(rooms.house.shop.deployments) == 1


async def test_a_pause_is_kept(rooms, report, db) -> None:
    rooms.house.github.fail("/deployments", 1, 403, "You have exceeded a secondary rate limit.")
    await rooms.sending.drain()
    async with db.session() as session:
        wait = await session.scalar(text("SELECT extract(epoch FROM next_at - clock_timestamp()) FROM github_reports"))
    assert 50 < wait <= 60
