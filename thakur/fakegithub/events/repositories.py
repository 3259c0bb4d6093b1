"""A repository is not what it was."""

from typing import Any

from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.repositories import repository_shown
from thakur.fakegithub.state import FakeRepository


def renamed_event(repository: FakeRepository, before: str, web_url: str) -> dict[str, Any]:
    """It has another name."""
    return {
        "action": "renamed",
        "changes": {"repository": {"name": {"from": before.partition("/")[2]}}},
        "repository": repository_shown(repository, web_url),
        "sender": account_shown(repository.account, web_url),
    }
