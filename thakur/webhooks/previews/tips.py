"""The tip of what is followed: its newest commit, and where git finds it."""

from typing import NamedTuple

from thakur.github import Head, Installed, PullRequests
from thakur.installations import PreviewRules, Track
from thakur.webhooks.previews.due import may_have_one


class Tip(NamedTuple):
    """A ref with its newest commit; `title` is the pull request's."""

    ref: str
    head: Head
    title: str = ""


async def tip_of(installed: Installed, track: Track, branch: str) -> Tip | None:
    """It, or None when the branch is gone or the pull request closed. Raises what GitHub's client does."""
    repository_id = track.connection.repository_id
    if track.pull_request is None:
        head = await installed.head(repository_id, branch)
        return None if head is None else Tip(branch, head)
    pull = await PullRequests(installed, repository_id).one(track.pull_request)
    if pull is None or not pull.is_open or not pull.is_fork:
        return None
    if pull.head.sha in (track.asked, track.waits, track.declined):
        # What it says besides is known.
        return Tip(pull.ref, Head(pull.head.sha, "", ""), pull.title)
    return Tip(pull.ref, await installed.commit(repository_id, pull.head.sha), pull.title)


def is_wanted(track: Track, rules: PreviewRules, production: str) -> bool:
    """Whether its project still wants a preview of it."""
    return rules.is_on if track.pull_request is not None else may_have_one(rules, track.branch, production)


def is_approved(track: Track, commit: str) -> bool:
    """Whether the commit may be built: a fork's only when somebody has said so."""
    return track.pull_request is None or track.approves_all or track.approved == commit
