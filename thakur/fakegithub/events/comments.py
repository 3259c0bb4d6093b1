"""Somebody, or an App, has said something below a pull request."""

from typing import Any

from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.shown.issues import issue_shown
from thakur.fakegithub.shown.pulls import author_shown, comment_shown
from thakur.fakegithub.shown.repositories import repository_shown
from thakur.fakegithub.state import FakeApp, FakeComment, FakeRepository


def comment_event(
    repository: FakeRepository, comment: FakeComment, action: str, by: FakeAccount | FakeApp, web_url: str
) -> dict[str, Any]:
    """Of one of its actions: created, edited, deleted."""
    pull = next(each for each in repository.pulls if each.number == comment.number)
    return {
        "action": action,
        "issue": issue_shown(pull, web_url),
        "comment": comment_shown(repository, comment, web_url),
        "repository": repository_shown(repository, web_url),
        "sender": author_shown(by, web_url),
    }
