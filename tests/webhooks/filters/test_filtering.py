"""A push that is held back, and what has it built after all."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from support.git_server import git
from support.github import Clone
from thakur.installations import NotFollowing, NothingHeld

WEB = {
    "package.json": '{"name": "acme", "workspaces": ["apps/*", "packages/*"]}',
    "apps/web/package.json": '{"name": "web", "dependencies": {"ui": "*"}}',
    "apps/api/package.json": '{"name": "api"}',
    "packages/ui/package.json": '{"name": "ui"}',
    "README.md": "Acme",
}


@pytest.fixture
async def ours(rooms):
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return ours


@pytest.fixture
def clone(tmp_path, house) -> Clone:
    return Clone(tmp_path / "work", house.github.push_url(house.shop))


class Pushing:
    """A project that follows the repository, and commits that are pushed and looked at."""

    def __init__(self, rooms, house, clone, project: int) -> None:
        self.rooms, self.house, self.clone, self.project = rooms, house, clone, project
        self._told = 0

    async def push(self, files: dict[str, str], message: str = "A commit") -> str:
        commit = self.clone.commit(files, message)
        await self.clone.push("+HEAD:main")
        await self.tell("push")
        return commit

    async def tell(self, event: str, **more: str) -> None:
        self._told += 1
        payload = {"ref": "refs/heads/main", "repository": {"id": self.house.shop.id}} | more
        await self.rooms.deliver(event, json.dumps(payload).encode(), str(self._told))
        await self.rooms.jobs.drain()

    async def held(self):
        return (await self.rooms.connections.of([self.project]))[self.project].held

    async def later(self, **by: int) -> None:
        """As if that time had passed since the commit was held back."""
        held = await self.held()
        since = (held.since - timedelta(**by)).isoformat()
        async with self.rooms.db.session() as session:
            await session.execute(
                text(
                    "UPDATE github_tracks SET look_at = now(), held = jsonb_set(held, '{since}', to_jsonb(:at ::text))"
                ),
                {"at": since},
            )
        await self.rooms.jobs.drain()

    @property
    def built(self) -> list[str]:
        return self.rooms.builds.commits


@pytest.fixture
async def pushing(rooms, ours, house, clone) -> Pushing:
    return Pushing(rooms, house, clone, await rooms.follow(ours))


@pytest.fixture
async def web(rooms, ours, pushing) -> Pushing:
    await rooms.projects.change_settings(ours, pushing.project, {"root": "apps/web"})
    await pushing.push(WEB)
    return pushing


@pytest.fixture
async def waiting(rooms, ours, pushing) -> Pushing:
    await rooms.connections.change_filters(ours, pushing.project, {"wait_for_checks": True})
    return pushing


async def test_a_commit_that_asks_to_be_skipped_is_shown_with_its_reason_and_deployed_when_somebody_wants_it(
    rooms, pushing
) -> None:
    skipped = await pushing.push({"a": "1"}, "Say one [skip ci]\n\nand more")
    held = await pushing.held()
    assert (held.commit, held.message, held.author, held.status) == (skipped, "Say one [skip ci]", "Ada", "skipped")
    assert "asks not to be built" in held.why
    await pushing.tell("push")
    assert (await pushing.held(), pushing.built) == (held, [])

    await rooms.tracks.build_held(pushing.project, "production", "grace")
    await rooms.jobs.drain()

    assert (pushing.built, await pushing.held()) == ([skipped], None)
    assert rooms.builds.asked[0][0] == "grace (GitHub)"
    await pushing.tell("push")
    assert pushing.built == [skipped]
    with pytest.raises(NothingHeld):
        await rooms.tracks.build_held(pushing.project, "production", "grace")


async def test_a_push_builds_the_projects_that_it_touches_and_no_others(rooms, ours, house, web) -> None:
    api = Pushing(rooms, house, web.clone, await rooms.follow(ours, "backend"))
    await rooms.projects.change_settings(ours, api.project, {"root": "apps/api"})
    await rooms.jobs.drain()
    begun = len(web.built)

    commits = [
        await web.push({"apps/web/index.ts": "1"}, "web"),
        await web.push({"apps/api/index.ts": "1"}, "api"),
        await web.push({"packages/ui/index.ts": "1"}, "ui, which web imports"),
        await web.push({"bun.lock": "1"}, "both"),
        await web.push({"README.md": "1"}, "none"),
    ]

    assert web.built[begun:] == [commits[0], commits[1], commits[2], commits[3], commits[3]]
    for each in (web, api):
        held = await each.held()
        assert (held.commit, held.status) == (commits[4], "skipped")
        assert held.why.endswith(f"has changed since {commits[3][:7]}.")


async def test_what_a_skipped_commit_changed_counts_with_the_next_one(web) -> None:
    first = web.built[-1]
    await web.push({"apps/web/a": "1"}, "Half of it [skip ci]")
    second = await web.push({"README.md": "2"})

    assert web.built == [first, second]


async def test_what_cannot_be_compared_is_built(house, web, clone) -> None:
    (first,) = web.built
    clone.git("commit", "-q", "--amend", "-m", "Another history")
    forced = await web.push({"README.md": "2"})
    many = await web.push({f"apps/api/{number}": "" for number in range(300)})
    house.github.fail("/compare/", 1, 404)
    unknown = await web.push({"README.md": "3"})
    git(house.shop.path, "update-ref", "-d", "refs/heads/main")
    await web.tell("push")
    again = await web.push({"README.md": "4"})

    assert web.built == [first, forced, many, unknown, again]


async def test_a_manifest_that_cannot_be_read_has_everything_built_until_it_can(web) -> None:
    broken = await web.push({"apps/api/package.json": "{"})
    fixed = await web.push({"apps/api/package.json": '{"name": "api"}'})
    await web.push({"apps/api/index.ts": "1"})

    assert web.built[1:] == [broken], "and mended, it is another's again"
    assert (await web.held()).commit != fixed


async def test_manifests_that_did_not_change_are_read_once(house, web) -> None:
    await web.push({"apps/api/a": "1"})
    asked = len(house.asked)
    await web.push({"apps/api/a": "2"})

    assert not [each for each in house.asked[asked:] if "/contents/" in each]


async def test_paths_take_the_place_of_the_root(rooms, ours, web) -> None:
    await rooms.connections.change_filters(ours, web.project, {"paths": ["apps/web/**", "!**/*.md", "/shared/**"]})
    (first,) = web.built
    await web.push({"apps/web/README.md": "1"})
    await web.push({"packages/ui/a.ts": "1"})
    shared = await web.push({"shared/a.json": "1"})

    assert web.built == [first, shared]


async def test_a_push_waits_until_its_checks_are_green(house, waiting) -> None:
    commit = await waiting.push({"a": "1"})
    assert (await waiting.held()).why == "No check has begun yet."
    house.github.check(house.shop, commit, "test", status="in_progress")
    house.github.check(house.shop, commit, "lint", status="completed", conclusion="success")
    await waiting.later(minutes=5)
    held = await waiting.held()
    assert (held.commit, held.status, held.why) == (commit, "waiting", "1 of its 2 checks is not done: test.")
    assert waiting.built == []

    house.github.check(house.shop, commit, "test", status="completed", conclusion="success")
    await waiting.tell("check_suite", action="completed")

    assert (waiting.built, await waiting.held()) == ([commit], None)


async def test_a_failed_check_holds_a_push_back_until_it_is_run_again(house, waiting) -> None:
    commit = await waiting.push({"a": "1"})
    house.github.check(house.shop, commit, "test", status="completed", conclusion="failure")
    await waiting.tell("check_run", action="completed")
    held = await waiting.held()
    assert (held.status, held.why) == ("skipped", "Its check has failed: test.")

    house.github.check(house.shop, commit, "test", status="completed", conclusion="success")
    await waiting.tell("status")

    assert waiting.built == [commit]


async def test_a_commit_without_checks_is_built_after_a_minute(waiting) -> None:
    commit = await waiting.push({"a": "1"})
    await waiting.later(seconds=50)
    assert waiting.built == []
    await waiting.later(seconds=11)

    assert waiting.built == [commit]


async def test_after_an_hour_a_push_waits_no_longer_and_says_so(house, waiting) -> None:
    commit = await waiting.push({"a": "1"})
    house.github.check(house.shop, commit, "slow", status="queued")
    await waiting.later(hours=1)
    held = await waiting.held()
    assert (held.status, held.why) == ("skipped", "After an hour its check is not done: slow.")
    house.github.check(house.shop, commit, "slow", status="completed", conclusion="success")
    await waiting.later(hours=1)

    assert waiting.built == [commit], "it is still the newest"


async def test_a_newer_push_takes_the_place_of_one_that_waits(house, waiting) -> None:
    first = await waiting.push({"a": "1"})
    second = await waiting.push({"a": "2"})
    house.github.check(house.shop, first, "test", status="completed", conclusion="success")
    house.github.check(house.shop, second, "test", status="completed", conclusion="success")
    await waiting.tell("check_run", action="completed")

    assert waiting.built == [second]


async def test_who_waits_for_checks_no_more_is_built_at_once(rooms, ours, waiting) -> None:
    commit = await waiting.push({"a": "1"})
    await rooms.connections.change_filters(ours, waiting.project, {"wait_for_checks": False})
    await rooms.jobs.drain()

    assert waiting.built == [commit]


async def test_an_app_that_may_not_see_checks_says_what_it_lacks_and_deploys_nothing(house, waiting) -> None:
    del house.fake_app.permissions["checks"]
    house.github.state.tokens.clear()
    await waiting.push({"a": "1"})
    (connection,) = await waiting.rooms.connections.every()

    assert "Grant it Checks: read" in connection.trouble
    assert waiting.built == []


async def test_only_a_project_that_follows_has_filters(rooms, ours) -> None:
    project = await rooms.projects.create(ours, "plain")
    with pytest.raises(NotFollowing):
        await rooms.connections.change_filters(ours, project.id, {"wait_for_checks": True})
