"""From a delivery to a build: hints that come twice, late, in the wrong order or never."""

import json

import msgspec
import pytest
from sqlalchemy import text

from support.git_server import git
from support.github import Clone
from support.services import make_deployment
from thakur.builds import BuildStatus
from thakur.projects import Repository
from thakur.runtime import DeploymentNotFound
from thakur.webhooks.following import Following
from thakur.webhooks.recovery import Recovery


@pytest.fixture
async def ours(rooms):
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return ours


@pytest.fixture
def clone(tmp_path, house) -> Clone:
    return Clone(tmp_path / "work", house.github.push_url(house.shop))


def push(house, branch: str = "main", sender: str = "ada") -> bytes:
    payload = {"ref": f"refs/heads/{branch}", "repository": {"id": house.shop.id}, "sender": {"login": sender}}
    return json.dumps(payload).encode()


async def due_now(db) -> None:
    """As if every wait were over."""
    async with db.session() as session:
        await session.execute(text("UPDATE webhook_deliveries SET next_at = now(), lease_until = NULL"))
        await session.execute(text("UPDATE github_tracks SET look_at = now(), lease_until = NULL"))


async def test_a_push_builds_the_head_once_however_often_and_in_whatever_order_it_is_told(
    rooms, ours, house, clone
) -> None:
    await rooms.follow(ours)
    await rooms.jobs.drain()
    assert rooms.builds.commits == [], "there is nothing in the repository yet"
    clone.commit({"a": "1"})
    newest = clone.commit({"a": "2"}, "Say two\n\nand more")
    await clone.push()

    accepted = [await rooms.deliver("push", push(house), guid) for guid in ("b", "a", "b", "c")]
    await rooms.jobs.drain()
    await rooms.deliver("push", push(house), "d")
    await rooms.jobs.drain()

    assert accepted == [True, True, False, True]
    ((actor, source),) = rooms.builds.asked
    assert (source.commit, source.ref, source.message, source.author) == (newest, "main", "Say two", "Ada")
    assert actor == "ada (GitHub)"


async def test_one_delivery_stands_for_those_of_its_branch_that_were_there_before(rooms, ours, house) -> None:
    await rooms.follow(ours)
    for guid in ("1", "2", "3"):
        await rooms.deliver("push", push(house), guid)
    await rooms.deliver("push", push(house, "other"), "4")
    taken = await rooms.inbox.take()
    await rooms.deliver("push", push(house), "5")

    await rooms.inbox.done(taken)

    left = [await rooms.inbox.take() for _ in range(3)]
    assert [each and (each.event.branch, each.alike) for each in left] == [("other", ()), ("main", ()), None]


async def test_that_a_branch_went_does_not_stand_for_its_coming_back(rooms, ours, house) -> None:
    await rooms.follow(ours)
    ref = {"ref": "next", "ref_type": "branch", "repository": {"id": house.shop.id}}
    await rooms.deliver("delete", json.dumps(ref).encode(), "1")
    await rooms.deliver("push", push(house, "next"), "2")

    taken = await rooms.inbox.take()

    assert (taken.event.name, taken.alike) == ("delete", ())


async def test_a_forced_push_a_deleted_branch_and_one_that_is_made_again(rooms, ours, house, clone) -> None:
    await rooms.follow(ours)
    first = clone.commit({"a": "1"})
    await clone.push()
    await rooms.deliver("push", push(house), "1")
    await rooms.jobs.drain()
    clone.git("commit", "-q", "--amend", "-m", "Another")
    forced = clone.git("rev-parse", "HEAD")
    await clone.push("+HEAD:main")
    await rooms.deliver("push", push(house), "2")
    await rooms.jobs.drain()
    git(house.shop.path, "update-ref", "-d", "refs/heads/main")
    await rooms.deliver("push", push(house), "3")
    await rooms.jobs.drain()
    assert rooms.builds.commits == [first, forced], "what is live stays live"
    await clone.push("HEAD:main")
    await rooms.deliver("push", push(house), "4")
    await rooms.jobs.drain()

    assert rooms.builds.commits == [first, forced, forced]


async def test_pushes_of_tags_and_to_other_repositories_ask_github_nothing(rooms, ours, house, clone) -> None:
    await rooms.follow(ours)
    clone.commit({"a": "1"})
    await clone.push()
    await rooms.jobs.drain()
    asked = len(house.asked)

    await rooms.deliver("push", json.dumps({"ref": "refs/tags/v1", "repository": {"id": house.shop.id}}).encode(), "2")
    await rooms.deliver("push", json.dumps({"ref": "refs/heads/main", "repository": {"id": 1}}).encode(), "3")
    await rooms.jobs.drain()

    assert (len(rooms.builds.asked), len(house.asked)) == (1, asked)


async def test_a_branch_by_any_name_is_built(rooms, ours, house, clone) -> None:
    strange = "feat/$(touch${IFS}pwn);x&y|`id`é"
    project = await rooms.follow(ours)
    await rooms.repositories.set(ours, project, f"{house.github.url}/ada/shop", strange)
    commit = clone.commit({"a": "1"}, "<script>alert(1)</script>")
    await clone.push(f"HEAD:refs/heads/{strange}")
    await rooms.deliver("push", push(house, strange), "1")
    await rooms.jobs.drain()

    ((_, source),) = rooms.builds.asked
    assert (source.commit, source.ref) == (commit, strange)


async def test_a_head_that_asks_to_be_skipped_is_not_built_and_an_older_commit_that_did_is_no_matter(
    rooms, ours, house, clone
) -> None:
    await rooms.follow(ours)
    clone.commit({"a": "1"}, "One [skip ci]")
    await clone.push()
    await rooms.jobs.drain()
    assert rooms.builds.commits == []
    second = clone.commit({"a": "2"}, "Two")
    await clone.push()
    await rooms.deliver("push", push(house), "1")
    await rooms.jobs.drain()

    assert rooms.builds.commits == [second]


async def test_what_was_accepted_outlives_the_worker_that_had_it(rooms, ours, house, clone, db) -> None:
    await rooms.follow(ours)
    await rooms.jobs.drain()
    commit = clone.commit({"a": "1"})
    await clone.push()
    await rooms.deliver("push", push(house), "1")
    assert await rooms.inbox.take() is not None
    await rooms.jobs.drain()
    assert rooms.builds.commits == [], "another has it, as far as anybody knows"

    await due_now(db)
    await rooms.jobs.drain()
    await due_now(db)
    await rooms.jobs.drain()

    assert rooms.builds.commits == [commit]


async def test_an_outage_is_waited_out_and_a_delivery_that_failed_may_come_again(rooms, ours, house, clone, db) -> None:
    await rooms.follow(ours)
    await rooms.jobs.drain()
    commit = clone.commit({"a": "1"})
    await clone.push()
    house.github.fail("/branches/", 1, 429, "slow down", retry_after="60")
    await rooms.deliver("push", push(house), "1")
    await rooms.jobs.drain()
    assert rooms.builds.commits == []
    (followed,) = await rooms.connections.every()
    assert "pause" in followed.trouble

    # As if the minute were over.
    (await rooms.clients.app(followed.app)).rest._paused_until.clear()
    await due_now(db)
    await rooms.jobs.drain()
    assert rooms.builds.commits == [commit]
    assert (await rooms.connections.every())[0].trouble == ""

    async with db.session() as session:
        await session.execute(text("UPDATE webhook_deliveries SET status = 'failed'"))
    assert await rooms.deliver("push", push(house), "1")
    assert not await rooms.deliver("push", push(house), "1")


async def test_an_uninstalled_and_a_suspended_app_stop_nothing_that_runs(rooms, ours, house, db) -> None:
    project = await rooms.follow(ours)
    about = {"installation": {"id": house.installation.id}}
    house.github.suspend(house.installation, is_suspended=True)
    await rooms.deliver("installation", json.dumps(about | {"action": "suspend"}).encode(), "1")
    await rooms.jobs.drain()
    assert [each.status for each in (await rooms.apps.list(ours))[0].installations] == ["suspended"]
    house.github.suspend(house.installation, is_suspended=False)
    # The API counts, not what an event says that comes late.
    await rooms.deliver("installation", json.dumps(about | {"action": "deleted"}).encode(), "2")
    await rooms.jobs.drain()
    assert [each.status for each in (await rooms.apps.list(ours))[0].installations] == ["active"]
    house.github.uninstall(house.installation)
    await rooms.deliver("installation", json.dumps(about | {"action": "deleted"}).encode(), "3")
    await due_now(db)
    await rooms.jobs.drain()

    installed = (await rooms.apps.list(ours))[0].installations
    assert [(each.account, each.status) for each in installed] == [("ada", "gone")]
    assert "Install the App" in (await rooms.connections.of([project]))[project].trouble
    assert rooms.builds.asked == []


async def test_a_renamed_repository_is_followed_by_its_new_name(rooms, ours, house, clone) -> None:
    project = await rooms.follow(ours)
    clone.commit({"a": "1"})
    await clone.push()
    await rooms.jobs.drain()
    house.github.rename(house.shop, "ada/store")
    about = {"action": "renamed", "repository": {"id": house.shop.id, "full_name": "evil/../../name"}}
    await rooms.deliver("repository", json.dumps(about).encode(), "1")
    second = clone.commit({"a": "2"})
    await clone.push()
    await rooms.deliver("push", push(house), "2")
    await rooms.jobs.drain()

    url = f"{house.github.url}/ada/store"
    assert await rooms.repositories.of([project]) == {project: Repository(url=url, branch="main")}
    assert rooms.builds.commits[-1] == second


async def test_a_project_that_was_given_another_repository_is_left_alone(rooms, ours, house, clone) -> None:
    project = await rooms.follow(ours)
    await rooms.repositories.set(ours, project, f"{house.github.url}/ada/elsewhere", "main")
    clone.commit({"a": "1"})
    await clone.push()
    await rooms.deliver("push", push(house), "1")
    await rooms.jobs.drain()

    assert rooms.builds.asked == []


async def test_at_the_start_branches_are_looked_at_and_lost_deliveries_asked_for_once(
    rooms, ours, house, clone
) -> None:
    await rooms.follow(ours)
    await rooms.jobs.drain()
    house.github.hooks.is_cut = True
    house.fake_app.hook_url = "http://127.0.0.1:1/webhooks/github"
    commits = []
    for number in range(3):
        commits.append(clone.commit({"a": str(number)}))
        await clone.push()
    recovery = Recovery(
        rooms.apps,
        rooms.upkeep,
        rooms.clients,
        rooms.tracks,
        rooms.surveys,
        rooms.inbox,
        gap_seconds=0,
        start_seconds=0,
    )

    assert await recovery.look()
    await rooms.jobs.drain()
    assert rooms.builds.commits == [commits[-1]]
    assert await recovery.look()

    again = [each for each in house.github.hooks.log if each.is_again]
    lost = {each.guid for each in house.github.hooks.log if not each.is_again}
    assert {each.guid for each in again} == lost
    assert not await recovery.look(), "an hour later"


async def test_where_a_build_stands_is_told_until_something_else_is_live(rooms, ours, house, clone) -> None:
    class Live:
        def __init__(self) -> None:
            self.rows = {}

        async def live(self, principal, environment_ids):
            return {each.project_id: each for each in self.rows.values() if each.status == "active"}

        async def get(self, principal, project_id, number):
            if number not in self.rows:
                raise DeploymentNotFound("none")
            return self.rows[number]

    live = Live()

    class Places:
        async def every(self, project_ids):
            return []

    following = Following(rooms.connections, Places(), rooms.builds, live, rooms.reports)
    assert not await following.look()
    project = await rooms.follow(ours)
    clone.commit({"a": "1"})
    await clone.push()
    await rooms.jobs.drain()
    assert not await following.look(), "it waits, as was said"

    def told() -> list[str]:
        return [each["statuses"][-1]["state"] for each in house.shop.deployments]

    build = rooms.builds.rows[project, 1]
    rooms.builds.rows[project, 1] = msgspec.structs.replace(build, status=BuildStatus.SUCCEEDED)
    live.rows[1] = make_deployment(project, 1)
    assert await following.look()
    await rooms.sending.drain()
    assert told() == ["success"]

    live.rows = {1: make_deployment(project, 1, status="standby"), 2: make_deployment(project, 2)}
    assert await following.look()
    await rooms.sending.drain()
    assert told() == ["inactive"]

    live.rows = {1: make_deployment(project, 1)}
    assert await following.look()
    assert not await following.look()
    await rooms.sending.drain()
    assert told() == ["success"]


async def test_what_goes_live_while_it_is_looked_at_is_told_with_its_address(rooms, ours, house, clone) -> None:
    project = await rooms.follow(ours)
    clone.commit({"a": "1"})
    await clone.push()
    await rooms.jobs.drain()
    build = rooms.builds.rows[project, 1]
    rooms.builds.rows[project, 1] = msgspec.structs.replace(build, status=BuildStatus.SUCCEEDED)
    active = make_deployment(project, 1)

    class Late:
        async def live(self, principal, environment_ids):
            return {}

        async def get(self, principal, project_id, number):
            return active

    class Places:
        async def every(self, project_ids):
            return []

    assert await Following(rooms.connections, Places(), rooms.builds, Late(), rooms.reports).look()
    await rooms.sending.drain()

    (deployment,) = house.shop.deployments
    told = deployment["statuses"][-1]
    assert (told["state"], told["environment_url"]) == ("success", active.url)
