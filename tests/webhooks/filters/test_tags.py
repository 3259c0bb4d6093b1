"""Which tag is the highest, and how production follows tags."""

import json

import pytest

from support.git_server import git
from support.github import Clone
from thakur.webhooks.filters.tags import beginning, newest

VERSIONS = [
    *("v0.9", "v1.0.0-alpha", "v1.0.0-rc.2", "v1.0.0-rc.10", "v1.0.0"),
    *("v1.0.1", "v1.2.0", "v1.10.0", "v2-beta", "v2"),
]


@pytest.mark.parametrize("index", range(1, len(VERSIONS)))
def test_numbers_are_numbers_and_what_is_before_a_release_is_before_it(index: int) -> None:
    assert newest(reversed(VERSIONS[: index + 1]), "v*") == VERSIONS[index]


@pytest.mark.parametrize(
    ("pattern", "found", "begins"),
    [
        ("v1.*", "v1.10", "v1."),
        ("web-v*", "web-v3", "web-v"),
        ("v*", "v2", "v"),
        ("*-v*", "web-v3", ""),
        ("x", None, "x"),
    ],
)
def test_only_those_that_are_meant_count(pattern: str, found: str | None, begins: str) -> None:
    assert newest(["v1.9", "v1.10", "v2", "web-v3", "web-v2"], pattern) == found
    assert beginning(pattern) == begins


def test_what_only_looks_like_a_number_is_a_word() -> None:
    assert newest(["v1.0-\u00b2", "v1.0-1"], "v*") == "v1.0-\u00b2"


@pytest.fixture
async def ours(rooms):
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return ours


@pytest.fixture
def clone(tmp_path, house) -> Clone:
    return Clone(tmp_path / "work", house.github.push_url(house.shop))


@pytest.fixture
async def project(rooms, ours) -> int:
    project = await rooms.follow(ours)
    await rooms.connections.change_filters(ours, project, {"tags": "v*"})
    await rooms.jobs.drain()
    return project


class Told:
    """Deliveries of pushes, acted on at once."""

    def __init__(self, rooms, house) -> None:
        self.rooms, self.house, self.count = rooms, house, 0

    async def push(self, ref: str) -> None:
        self.count += 1
        payload = {"ref": ref, "repository": {"id": self.house.shop.id}}
        await self.rooms.deliver("push", json.dumps(payload).encode(), str(self.count))
        await self.rooms.jobs.drain()


@pytest.fixture
def told(rooms, house) -> Told:
    return Told(rooms, house)


async def test_a_tag_is_deployed_light_or_annotated_and_the_branch_is_not(rooms, house, clone, project, told) -> None:
    first = clone.commit({"a": "1"})
    clone.git("tag", "v1.0.0")
    await clone.push("HEAD")
    await told.push("refs/heads/main")
    assert rooms.builds.commits == []
    await clone.push("v1.0.0")
    await told.push("refs/tags/v1.0.0")
    second = clone.commit({"a": "2"})
    clone.git("tag", "-a", "v1.1.0", "-m", "Second")
    await clone.push("HEAD", "v1.1.0")
    await told.push("refs/tags/v1.1.0")
    await told.push("refs/tags/v1.1.0")

    assert [(source.ref, source.commit) for _, source in rooms.builds.asked] == [("v1.0.0", first), ("v1.1.0", second)]


async def test_four_tags_at_once_make_no_event_and_the_highest_is_found_all_the_same(
    rooms, house, clone, project
) -> None:
    commits = {}
    for tag in ("v1", "v3", "v2", "v10", "other"):
        commits[tag] = clone.commit({"a": tag})
        clone.git("tag", tag)
    await clone.push("HEAD", *commits)
    pushed = [each.payload["ref"] for each in house.github.hooks.log if each.event == "push"]
    assert [ref for ref in pushed if ref.startswith("refs/tags/")] == []

    await rooms.tracks.look_soon_everywhere()
    await rooms.jobs.drain()

    assert rooms.builds.commits == [commits["v10"]]


async def test_a_tag_that_is_taken_away_brings_no_older_one_back_and_one_that_moved_is_deployed(
    rooms, house, clone, project, told
) -> None:
    for tag in ("v1", "v2"):
        commit = clone.commit({"a": tag})
        clone.git("tag", tag)
    await clone.push("HEAD", "v1", "v2")
    await told.push("refs/tags/v2")
    git(house.shop.path, "update-ref", "-d", "refs/tags/v2")
    await told.push("refs/tags/v2")
    assert rooms.builds.commits == [commit]

    moved = clone.commit({"a": "moved"})
    clone.git("tag", "-f", "v2")
    await clone.push("HEAD", "+v2")
    await told.push("refs/tags/v2")

    assert rooms.builds.commits == [commit, moved]


async def test_without_the_pattern_it_is_the_branch_again(rooms, ours, clone, project, told) -> None:
    commit = clone.commit({"a": "1"})
    await clone.push()
    await rooms.connections.change_filters(ours, project, {"tags": None})
    await rooms.jobs.drain()

    assert rooms.builds.commits == [commit]
