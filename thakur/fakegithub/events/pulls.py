"""Something becomes of a pull request."""

from typing import Any

from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.pulls import pull_shown
from thakur.fakegithub.shown.repositories import repository_shown
from thakur.fakegithub.state import FakePull


def pull_event(pull: FakePull, action: str, by: FakeAccount, web_url: str) -> dict[str, Any]:
    """Of one of its actions: opened, synchronize, edited, closed, reopened."""
    return {
        "action": action,
        "number": pull.number,
        "pull_request": pull_shown(pull, web_url),
        "repository": repository_shown(pull.repository, web_url),
        "sender": account_shown(by, web_url),
    }
