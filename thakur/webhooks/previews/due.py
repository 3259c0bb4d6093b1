"""What is to be done about a repository's branches and pull requests, as they are at one moment. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from thakur.github import PullRequest
from thakur.installations import PreviewRules, Track

# Each is looked at by itself each hour; a repository that anybody may write to can have any number.
FORKS = 100


class Found(NamedTuple):
    """What was found: branches with their commits, open pull requests, what is followed, and which branches are left alone."""

    production: str
    branches: Mapping[str, str]
    pulls: Sequence[PullRequest]
    tracks: Sequence[Track]
    left_alone: Mapping[str, str]


class Due(NamedTuple):
    """What is to be begun, and which tracks are to be looked at because they may have lost what they follow."""

    branches: list[str]
    forks: list[PullRequest]
    looks: list[int]


def due(rules: PreviewRules, found: Found) -> Due:
    """What follows from what was found."""
    previews = [each for each in found.tracks if not each.is_production]
    followed = {each.branch for each in previews if each.branch}
    wanted = [
        name
        for name, sha in sorted(found.branches.items())
        if may_have_one(rules, name, found.production) and name not in followed and found.left_alone.get(name) != sha
    ]
    numbers = {each.pull_request for each in previews if each.pull_request is not None}
    forks = [each for each in found.pulls if each.is_fork and rules.is_on and each.number not in numbers]
    open_numbers = {each.number for each in found.pulls}
    gone = [each.id for each in previews if _is_gone(each, rules, found, open_numbers)]
    return Due(wanted[: room_for(rules, previews)], forks[: room_for_forks(previews)], gone)


def may_have_one(rules: PreviewRules, branch: str, production: str) -> bool:
    """Whether the branch may have a preview, if there is room for it."""
    return branch != production and rules.allow(branch)


def room_for(rules: PreviewRules, tracks: Collection[Track]) -> int:
    """How many more branches may have one."""
    return max(rules.limit - sum(1 for each in tracks if each.branch and each.declined is None), 0)


def room_for_forks(tracks: Collection[Track]) -> int:
    """How many more pull requests of forks may be followed."""
    return max(FORKS - sum(1 for each in tracks if each.pull_request is not None), 0)


def left_alone(before: Mapping[str, str] | None, found: Found) -> dict[str, str]:
    """The branches that are left alone from now on: at first all of them, later those to which nothing was pushed."""
    followed = {each.branch for each in found.tracks}
    kept = found.branches if before is None else before
    return {
        name: sha
        for name, sha in kept.items()
        if found.branches.get(name) == sha and name != found.production and name not in followed
    }


def _is_gone(track: Track, rules: PreviewRules, found: Found, open_numbers: Collection[int]) -> bool:
    if track.pull_request is not None:
        return not rules.is_on or track.pull_request not in open_numbers
    return track.branch not in found.branches or not may_have_one(rules, track.branch, found.production)
