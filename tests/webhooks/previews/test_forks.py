"""Pull requests from forks: nothing of a stranger's is built before somebody has said so."""

import asyncio

import msgspec
import pytest

import thakur.webhooks.previews.due
from support.github import Clone
from thakur.accounts import ActionForbidden, Role
from thakur.installations import NotWaiting


@pytest.fixture
async def fork(place, tmp_path):
    class Fork:
        def __init__(self) -> None:
            self.repository = place.github.fork(place.shop, "mallory")
            self.mallory = place.github.state.people.user("mallory")
            self.clone = Clone(tmp_path / "fork", place.github.push_url(self.repository))

        async def push(self, text: str, message: str = "Mine") -> str:
            commit = self.clone.commit({"a": text}, message)
            await self.clone.push("+HEAD:refs/heads/main")
            await place.arrive()
            return commit

        async def back_to(self, commit: str) -> None:
            await self.clone.push(f"+{commit}:refs/heads/main")
            await place.arrive()

        async def open(self):
            self.pull = place.github.pulls.open(self.repository, "main", self.mallory, "<b>Mine</b> @everyone")
            await place.arrive()

    made = Fork()
    # Away from the loop, which serves.
    await asyncio.to_thread(made.clone.git, "pull", "-q", "origin", "main")
    made.first = await made.push("2", "First")
    await made.open()
    return made


async def test_a_fork_waits_until_somebody_approves_its_commit_and_waits_again_with_the_next(place, fork) -> None:
    await place.survey()
    preview = await place.preview("pr-1")
    assert (place.built, await place.labels()) == ([], [])
    assert (preview.status, preview.waits_for, preview.title) == ("waiting", fork.first, "<b>Mine</b> @everyone")

    await place.rooms.previews.approve(place.ours, place.project, "pr-1", fork.first, every=False)
    await place.settle()
    assert place.built == [("pr-1", fork.first)]
    ((actor, source),) = [each for each in place.rooms.builds.asked if each[1].ref.startswith("refs/")]
    assert (actor, source.ref, source.message) == ("ada (GitHub)", "refs/pull/1/head", "First")

    second = await fork.push("3")
    preview = await place.preview("pr-1")
    assert (preview.status, preview.waits_for, preview.commit) == ("waiting", second, fork.first)
    with pytest.raises(NotWaiting):
        await place.rooms.previews.approve(place.ours, place.project, "pr-1", fork.first, every=False)
    await place.rooms.previews.approve(place.ours, place.project, "pr-1", second, every=True)
    await place.settle()
    third = await fork.push("4")
    assert [commit for _, commit in place.built] == [fork.first, second, third]


async def test_nothing_waits_once_the_fork_is_back_at_what_was_decided_about(place, fork) -> None:
    await place.rooms.previews.approve(place.ours, place.project, "pr-1", fork.first, every=False)
    await place.settle()
    second = await fork.push("3")
    assert (await place.preview("pr-1")).waits_for == second

    await fork.back_to(fork.first)

    assert (await place.preview("pr-1")).waits_for is None
    assert place.built == [("pr-1", fork.first)]


async def test_what_was_refused_waits_no_more_and_a_later_commit_does(place, fork) -> None:
    await place.rooms.previews.remove(place.ours, place.project, "pr-1")
    await place.survey()
    assert await place.rooms.previews.of([place.project]) == []

    second = await fork.push("3")

    assert (await place.preview("pr-1")).waits_for == second
    assert place.built == []


async def test_a_fork_s_preview_goes_when_its_pull_request_is_closed(place, fork) -> None:
    await place.rooms.previews.approve(place.ours, place.project, "pr-1", fork.first, every=True)
    await place.settle()
    assert await place.labels() == ["pr-1"]
    place.github.pulls.close(fork.pull, fork.mallory)
    await place.arrive()
    assert (await place.tracks(), await place.labels()) == ([], [])

    place.github.pulls.reopen(fork.pull, fork.mallory)
    await place.arrive()
    assert (await place.preview("pr-1")).status == "waiting", "it is asked anew"

    place.github.pulls.forget(fork.repository)
    place.lose()
    await place.survey()
    assert (await place.tracks(), await place.labels()) == ([], [])


async def test_events_begin_no_more_forks_than_a_survey_does(place, fork, monkeypatch) -> None:
    monkeypatch.setattr(thakur.webhooks.previews.due, "FORKS", 1)
    await fork.clone.push("HEAD:refs/heads/other")
    place.github.pulls.open(fork.repository, "other", fork.mallory, "Another")
    await place.arrive()
    assert [each.label for each in await place.tracks()] == ["pr-1"]

    place.github.pulls.close(fork.pull, fork.mallory)
    await place.arrive()
    await place.survey()
    assert [each.label for each in await place.tracks()] == ["pr-2"]


async def test_only_who_may_deploy_approves(place, fork) -> None:
    viewer = msgspec.structs.replace(place.ours, roles={place.ours.team_id: Role.VIEWER})
    with pytest.raises(ActionForbidden):
        await place.rooms.previews.approve(viewer, place.project, "pr-1", fork.first, every=False)
    with pytest.raises(ActionForbidden):
        await place.rooms.previews.remove(viewer, place.project, "pr-1")


async def test_the_pull_request_is_told_that_it_waits_and_nothing_of_a_stranger_s_does_anything_there(
    place, fork
) -> None:
    await place.tell()

    (comment,) = place.shop.comments
    assert f"`{fork.first[:7]}` comes from a fork" in comment.body
    assert "[in the dashboard](http://127.0.0.1/shop/)" in comment.body
    assert "everyone" not in comment.body
