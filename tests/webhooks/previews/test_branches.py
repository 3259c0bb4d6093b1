"""Previews of branches: they come with a push, and go with their branch."""

import pytest

from support.git_server import git
from thakur.webhooks import PreviewNotFound, PreviewRefused


async def test_a_branch_that_is_pushed_has_an_environment_of_its_own(place) -> None:
    commit = await place.push("feat/cart", "2")
    await place.arrive()

    assert place.built == [("git-feat-cart", commit)]
    assert await place.labels() == ["git-feat-cart"]
    preview = await place.preview("git-feat-cart")
    assert (preview.url, preview.status, preview.commit) == (
        "http://shop-git-feat-cart.localhost:8080",
        "building",
        commit,
    )
    ((report,),) = [await place.rooms.reports.of(place.project, [2])]
    assert (report.environment, report.context) == ("preview/feat/cart", "thakur/shop/preview")
    await place.tell()
    deployment = place.shop.deployments[-1]
    assert (deployment["environment"], deployment["is_transient"]) == ("preview/feat/cart", True)
    assert deployment["is_production"] is False


async def test_of_two_branches_with_one_label_the_later_has_its_own(place) -> None:
    await place.push("feat/x", "2")
    await place.arrive()
    await place.push("feat-x", "3")
    await place.arrive()
    again = await place.push("feat-x", "4")
    await place.arrive()

    labels = [label for label, _ in place.built]
    assert labels[0] == "git-feat-x"
    assert labels[1] == labels[2] != labels[0]
    assert place.built[-1] == (labels[1], again)


async def test_a_forced_push_a_deleted_branch_and_one_that_is_made_again(place) -> None:
    first = await place.push("next", "2")
    await place.arrive()
    await place.live(2)
    await place.tell()
    forced = await place.push("next", "3", forced=True)
    await place.arrive()
    assert place.built == [("git-next", first), ("git-next", forced)]
    before = (await place.rooms.environments.previews([place.project]))[0]

    await place.delete("next")
    await place.arrive()
    assert (await place.tracks(), await place.labels()) == ([], [])
    for key in [key for key, build in place.rooms.builds.rows.items() if build.environment_id == before.id]:
        # As the rows of its builds go with it.
        del place.rooms.builds.rows[key]
    place.rooms.runtime.rows.clear()
    await place.tell()
    previews = [each for each in place.shop.deployments if each["environment"] == "preview/next"]
    assert {each["statuses"][-1]["state"] for each in previews} == {"inactive"}

    again = await place.push("next", "4")
    await place.arrive()
    assert place.built[-1] == ("git-next", again)
    (now,) = await place.rooms.environments.previews([place.project])
    assert now.id > before.id


async def test_production_s_branch_has_no_preview_and_stays_when_it_is_deleted(place) -> None:
    await place.push("main", "2")
    await place.arrive()
    git(place.shop.path, "update-ref", "-d", "refs/heads/main")
    await place.survey()

    assert (place.built, await place.labels()) == ([], [])
    (track,) = await place.rooms.tracks.of([place.project])
    assert track.is_production


async def test_branches_that_were_there_before_are_left_alone_until_they_are_pushed_to(place) -> None:
    await place.push("old", "2")
    await place.push("older", "3")
    other = await place.follow("other")
    await place.survey()
    assert await place.rooms.environments.previews([other]) == []

    commit = await place.push("old", "4")
    await place.arrive()

    assert ("git-old", commit) in place.built
    assert [each.label for each in await place.tracks()] == ["git-old"]
    await place.rooms.previews.begin(place.ours, other, "older")
    await place.settle()
    assert [each.label for each in await place.tracks()] == ["git-old", "git-older"]


async def test_what_no_event_has_told_is_found_within_the_hour(place) -> None:
    commit = await place.push("next", "2")
    place.lose()
    await place.survey()
    await place.survey()
    assert place.built == [("git-next", commit)]

    await place.delete("next")
    place.lose()
    await place.survey()
    assert (await place.tracks(), await place.labels()) == ([], [])


async def test_a_delivery_of_the_past_brings_no_branch_back(place) -> None:
    await place.push("next", "2")
    await place.delete("next")
    await place.arrive()

    assert (place.built, await place.tracks()) == ([], [])


async def test_there_are_no_more_than_the_rules_allow(place) -> None:
    await place.rooms.previews.change_rules(
        place.ours, place.project, {"limit": 1, "branches": ["feat/*", "!feat/no*"]}
    )
    for name in ("feat/a", "feat/b", "feat/no", "fix"):
        await place.push(name, name)
    await place.arrive()
    assert await place.labels() == ["git-feat-a"]
    with pytest.raises(PreviewRefused, match="1 previews"):
        await place.rooms.previews.begin(place.ours, place.project, "feat/c")
    for refused in ("fix", "main", ""):
        with pytest.raises(PreviewRefused):
            await place.rooms.previews.begin(place.ours, place.project, refused)

    await place.delete("feat/a")
    await place.arrive()
    await place.survey()
    assert await place.labels() == ["git-feat-b"]

    await place.rooms.previews.change_rules(place.ours, place.project, {"is_on": False})
    await place.settle()
    assert (await place.tracks(), await place.labels()) == ([], [])


async def test_one_that_somebody_deleted_comes_back_with_a_push(place) -> None:
    await place.push("next", "2")
    await place.arrive()
    await place.rooms.previews.remove(place.ours, place.project, "git-next")
    await place.settle()
    await place.survey()
    assert (await place.rooms.previews.of([place.project]), await place.labels()) == ([], [])

    commit = await place.push("next", "3")
    await place.arrive()

    assert (await place.preview("git-next")).commit == commit
    with pytest.raises(PreviewNotFound):
        await place.rooms.previews.remove(place.ours, place.project, "production")


async def test_previews_go_when_their_project_follows_something_else(place) -> None:
    await place.push("next", "2")
    await place.arrive()
    await place.rooms.repositories.set(place.ours, place.project, f"{place.github.url}/ada/other", "main")
    await place.survey()
    assert await place.labels() == []

    await place.rooms.projects.environment(place.project, "git-stray")
    assert await place.rooms.strays.look()
    await place.settle()
    assert await place.labels() == []
    assert not await place.rooms.strays.look(), "within the hour"


async def test_a_skipped_commit_has_a_preview_that_says_so(place) -> None:
    await place.push("next", "2", "Not now [skip ci]")
    await place.arrive()

    preview = await place.preview("git-next")
    assert (place.built, preview.status, preview.why) == ([], "held", "Its message asks not to be built.")


async def test_a_branch_that_comes_again_while_its_environment_is_being_removed_waits_for_that(place) -> None:
    await place.push("next", "2")
    await place.arrive()
    await place.rooms.environments.remove(place.project, "git-next")
    commit = await place.push("next", "3")
    await place.rooms.tracks.look_soon_everywhere()
    await place.rooms.jobs.drain()
    assert len(place.built) == 1
    await place.rooms.projects.deletion.drain()

    await place.rooms.tracks.look_soon_everywhere()
    await place.settle()

    assert place.built[-1] == ("git-next", commit)
