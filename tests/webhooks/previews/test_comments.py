"""Comments on pull requests: one each, which says what is the case now."""

from copy import copy

import msgspec
import pytest
from sqlalchemy import text

import thakur.installations.sending
from thakur.builds import BuildStatus, Failure


@pytest.fixture
async def pull(place):
    await place.push("next", "2")
    opened = place.github.pulls.open(place.shop, "next", place.ada, "A change")
    await place.arrive()
    return opened


async def test_a_pull_request_has_one_comment_that_is_kept_up_to_date_and_ends_with_it(place, pull) -> None:
    await place.tell()
    (comment,) = place.shop.comments
    assert comment.body.startswith("<!-- thakur:preview:shop -->\n\n**shop**: the preview of `")
    assert "is being built" in comment.body
    await place.live(2)
    await place.tell()
    assert "**[http://shop-git-next.localhost:8080](http://shop-git-next.localhost:8080)**" in comment.body
    deployment = place.shop.deployments[-1]
    assert deployment["statuses"][-1]["state"] == "success"
    assert deployment["statuses"][-1]["environment_url"] == "http://shop.localhost:8080", "the double's"

    for number in range(3, 6):
        await place.push("next", str(number))
        await place.arrive()
        await place.tell()
        await place.live(number)
        await place.tell()
    await place.tell()
    assert [each.id for each in place.shop.comments] == [comment.id]
    written = [each for each in place.house.asked if each.startswith(("POST", "PATCH")) and "comments" in each]
    assert len(written) == 8, "and nothing twice"

    place.github.pulls.close(pull, place.ada)
    await place.arrive()
    assert await place.labels() == []
    place.rooms.builds.rows.clear()
    place.rooms.runtime.rows.clear()
    await place.tell()
    await place.tell()
    assert comment.body.endswith("**shop**: this pull request is closed, and its preview is gone.")
    states = {each["environment"]: each["statuses"][-1]["state"] for each in place.shop.deployments}
    assert states["preview/next"] == "inactive"
    assert "next" in [each.branch for each in await place.tracks()], "the branch is still there"


async def test_what_is_pushed_after_the_end_has_a_preview_again_and_so_has_one_that_is_opened_again(
    place, pull
) -> None:
    place.github.pulls.close(pull, place.ada)
    await place.arrive()
    assert (await place.labels(), len(place.built)) == ([], 1)
    place.github.pulls.reopen(pull, place.ada)
    await place.arrive()
    assert (await place.labels(), len(place.built)) == (["git-next"], 2)
    place.github.pulls.close(pull, place.ada)
    await place.arrive()
    commit = await place.push("next", "3")
    await place.arrive()
    assert place.built[-1] == ("git-next", commit)


async def test_a_branch_with_another_pull_request_keeps_its_preview(place, pull) -> None:
    await place.push("base", "b")
    place.github.pulls.open(place.shop, "next", place.ada, "Also", base="base")
    await place.arrive()
    place.github.pulls.close(pull, place.ada)
    await place.arrive()

    assert "git-next" in await place.labels()


async def test_an_end_that_no_event_has_told_is_found_within_the_hour(place, pull) -> None:
    place.github.pulls.close(pull, place.ada)
    place.lose()
    await place.survey()
    assert await place.labels() == []
    place.github.pulls.open(place.shop, "next", place.ada, "Again")
    place.lose()
    await place.survey()
    await place.tell()
    assert [each.pull_request for each in await place.rooms.comments.every() if each.is_open] == [2]


async def test_one_that_a_person_removed_comes_back_once(place, pull) -> None:
    await place.tell()
    place.shop.comments.clear()
    await place.live(2)
    await place.tell()
    assert len(place.shop.comments) == 1
    place.shop.comments.clear()
    await place.push("next", "3")
    await place.arrive()
    await place.tell()
    await place.tell()
    assert place.shop.comments == []


async def test_one_whose_answer_was_lost_is_found_again_and_nobody_else_s_is_touched(place, pull) -> None:
    await place.tell()
    (comment,) = place.shop.comments
    other = copy(comment)
    other.id, other.app, other.body = comment.id - 1, None, comment.body
    place.shop.comments.insert(0, other)
    async with place.rooms.db.session() as session:
        await session.execute(text("UPDATE github_comments SET comment_id = NULL"))
    await place.live(2)
    await place.tell()

    assert len(place.shop.comments) == 2
    assert "is live" in comment.body
    assert "is live" not in other.body


async def test_an_outage_delays_the_comment_and_the_last_words_win(place, pull) -> None:
    place.github.fail("/comments", 3, 502)
    await place.tell()
    assert place.shop.comments == []
    await place.live(2)
    await place.tell()

    (comment,) = place.shop.comments
    assert "is live" in comment.body


async def test_what_takes_too_long_is_broken_off_before_somebody_else_may_send_it(place, pull, monkeypatch) -> None:
    monkeypatch.setattr(thakur.installations.sending, "SEND_SECONDS", 0.5)
    place.github.fault("/comments", delay_seconds=3.0)
    place.github.fault("/deployments", 2, delay_seconds=3.0)

    await place.tell()

    async with place.rooms.db.session() as session:
        for table in ("github_comments", "github_reports"):
            found = await session.execute(text(f"SELECT DISTINCT failures, lease_until FROM {table}"))
            assert [tuple(each) for each in found] == [(1, None)]


async def test_why_a_build_failed_is_told_as_text_that_does_nothing(place, pull) -> None:
    build = place.rooms.builds.rows[place.project, 2]
    failure = Failure(code="x", what="`@everyone` <img src=x> [a](javascript:b)\u202e\n\n# Head")
    place.rooms.builds.rows[place.project, 2] = msgspec.structs.replace(
        build, status=BuildStatus.FAILED, failure=failure
    )
    await place.tell()

    (comment,) = place.shop.comments
    assert "could not be deployed" in comment.body
    assert "Why: `'@everyone' <img src=x> [a](javascript:b) # Head`" in comment.body


async def test_an_app_without_that_permission_has_previews_of_branches_all_the_same(place) -> None:
    place.house.fake_app.permissions.pop("pull_requests")
    place.github.state.tokens.clear()
    commit = await place.push("next", "2")
    place.github.pulls.open(place.shop, "next", place.ada, "A change")
    place.lose()
    await place.survey()

    assert place.built == [("git-next", commit)]
    shown = await place.rooms.previews.show(place.ours, place.project)
    assert "Pull requests: write" in shown.trouble
