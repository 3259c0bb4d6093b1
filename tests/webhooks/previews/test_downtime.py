"""After a downtime everything is as if nothing had been missed, and nothing happens twice."""

import asyncio

import pytest
from sqlalchemy import text

import thakur.webhooks.jobs
from support.github import Clone, receiver
from support.waiting import eventually
from thakur.webhooks.recovery import Recovery


@pytest.fixture
def recovery(place):
    rooms = place.rooms

    def make() -> Recovery:
        parts = (rooms.apps, rooms.upkeep, rooms.clients, rooms.tracks, rooms.surveys, rooms.inbox)
        return Recovery(*parts, gap_seconds=0.05, start_seconds=0)

    return make


async def run(place, recovery: Recovery) -> None:
    """What one does at the start, and five seconds later."""
    await recovery.look()
    await place.settle()
    await recovery.look()
    await place.settle()


async def push(place, text: str) -> str:
    commit = place.clone.commit({"a": text})
    await place.clone.push("HEAD:refs/heads/main")
    return commit


async def test_pushes_a_pull_request_and_an_uninstallation_are_recovered_in_order_once(
    place, recovery, tmp_path
) -> None:
    hooks, github = place.github.hooks, place.github
    elsewhere = github.install(place.house.fake_app, "ada")
    await place.arrive()
    fork = github.fork(place.shop, "mallory")
    theirs = Clone(tmp_path / "fork", github.push_url(fork))
    await asyncio.to_thread(theirs.git, "pull", "-q", "origin", "main")
    await eventually(lambda: all(each.status != "pending" for each in hooks.log))
    hooks.log.clear()
    async with receiver() as (url, got):
        place.house.fake_app.hook_url, hooks.is_cut = url, True
        commits = [await push(place, str(number)) for number in range(3)]
        theirs.commit({"a": "theirs"})
        await theirs.push("HEAD:refs/heads/main")
        github.pulls.open(fork, "main", github.state.people.user("mallory"), "Theirs")
        github.uninstall(elsewhere)
        await eventually(lambda: all(each.status != "pending" for each in hooks.log))
        missed = [each.event for each in hooks.log]
        hooks.is_cut = False

        await run(place, recovery())
        await eventually(lambda: len(got) == len(missed))
        assert [headers["X-GitHub-Event"] for headers, _ in got] == missed
        assert missed[:3] == ["push"] * 3
        assert {"pull_request", "installation"} <= set(missed)
        for headers, body in got:
            await place.rooms.deliver(headers["X-GitHub-Event"], body, headers["X-GitHub-Delivery"])
        await place.settle()

        assert place.rooms.builds.commits[1:] == [commits[-1]], "the newest, once"
        assert (await place.preview("pr-1")).status == "waiting"
        gone = {
            each.installation_id: each.status for each in (await place.rooms.apps.list(place.ours))[0].installations
        }
        assert gone[elsewhere.id] == "gone"

        attempts = len(hooks.log)
        await run(place, recovery())
        assert (len(hooks.log), len(got)) == (attempts, len(missed)), "nothing is asked for a second time"
        assert place.rooms.builds.commits[1:] == [commits[-1]]


async def test_what_github_has_forgotten_is_found_by_the_branches(place, recovery) -> None:
    place.github.hooks.is_cut = True
    commit = await push(place, "1")
    place.github.hooks.log.clear()

    await run(place, recovery())

    assert place.rooms.builds.commits[1:] == [commit]


async def test_a_look_that_takes_too_long_says_so_and_is_made_again_within_a_minute(place, db, monkeypatch) -> None:
    commit = await place.push("next", "2")
    place.lose()
    monkeypatch.setattr(thakur.webhooks.jobs, "ACT_SECONDS", 0.5)
    place.github.fault("/branches", 10, delay_seconds=3.0)
    await place.survey()

    (production,) = await place.rooms.tracks.of([place.project])
    told = {production.trouble, await place.rooms.surveys.trouble(place.project)}
    assert told == {"GitHub takes too long to answer"}
    async with db.session() as session:
        times = "SELECT survey_at, look_at FROM github_connections JOIN github_tracks USING (project_id)"
        (again,) = await session.execute(
            text(f"SELECT survey_at < now() + '2 min', look_at < now() + '2 min' FROM ({times})")
        )
    assert tuple(again) == (True, True)

    monkeypatch.undo()
    place.github.faults.clear()
    await place.survey()
    assert (await place.preview("git-next")).commit == commit
