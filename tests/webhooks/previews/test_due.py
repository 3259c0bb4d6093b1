"""What is to be done about a repository, by what there is of it."""

from typing import Any

from thakur.github import End, PullRequest
from thakur.installations import Connection, PreviewRules, Track
from thakur.webhooks.previews.due import FORKS, Found, due, left_alone

CONNECTION = Connection(
    project_id=1, team_id=1, app=1, installation_id=1, repository_id=1, full_name="ada/shop", url="https://x/ada/shop"
)


def track(number: int, **fields: Any) -> Track:
    return Track(id=number, connection=CONNECTION, **fields)


def fork(number: int) -> PullRequest:
    return PullRequest(number=number, state="open", title="", head=End("main", "1"), base=End("main", "2"))


def found(**fields: Any) -> Found:
    fields.setdefault("tracks", [track(1)])
    return Found(**({"production": "main", "branches": {}, "pulls": [], "left_alone": {}} | fields))


def test_branches_are_begun_but_production_s_those_that_are_followed_and_those_that_are_left_alone() -> None:
    branches = {"main": "1", "next": "2", "old": "3", "moved": "5", "no": "6"}
    followed = [track(1), track(2, label="git-next", branch="next")]
    left = {"old": "3", "moved": "4"}

    asked = due(PreviewRules(branches=("*", "!no")), found(branches=branches, tracks=followed, left_alone=left))

    assert asked == (["moved"], [], [])


def test_no_more_are_begun_than_there_is_room_for_and_a_declined_one_takes_none() -> None:
    tracks = [track(1), track(2, label="git-a", branch="a"), track(3, label="git-b", branch="b", declined="2")]
    branches = dict.fromkeys("abcde", "1")

    assert due(PreviewRules(limit=2), found(branches=branches, tracks=tracks)).branches == ["c"]


def test_what_has_lost_what_it_follows_is_looked_at() -> None:
    tracks = [
        track(1),
        track(2, label="git-gone", branch="gone"),
        track(3, label="git-there", branch="there"),
        track(4, label="pr-4", pull_request=4),
        track(5, label="pr-5", pull_request=5),
        track(6, label="git-main", branch="main"),
    ]
    there = found(branches={"main": "1", "there": "1"}, pulls=[fork(5)], tracks=tracks)

    assert due(PreviewRules(), there).looks == [2, 4, 6]
    assert due(PreviewRules(is_on=False), there) == ([], [], [2, 3, 4, 5, 6])


def test_forks_are_followed_so_far() -> None:
    pulls = [fork(number) for number in range(1, FORKS + 10)]

    assert len(due(PreviewRules(), found(pulls=pulls)).forks) == FORKS


def test_at_first_everything_is_left_alone_and_then_what_nothing_was_pushed_to() -> None:
    branches = {"main": "1", "a": "2", "b": "3"}

    first = left_alone(None, found(branches=branches))
    assert first == {"a": "2", "b": "3"}
    assert left_alone(first, found(branches=branches | {"a": "4", "c": "5"})) == {"b": "3"}
