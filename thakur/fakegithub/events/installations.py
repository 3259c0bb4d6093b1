"""An App was installed, suspended, let go; or its repositories are others."""

from collections.abc import Iterable
from typing import Any

from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.apps import installation_shown
from thakur.fakegithub.state import FakeInstallation, FakeRepository


def installation_event(
    installation: FakeInstallation, action: str, repositories: Iterable[FakeRepository], by: FakeAccount, web_url: str
) -> dict[str, Any]:
    """Of one of its actions: created, deleted, suspend, unsuspend."""
    body = {
        "action": action,
        "installation": installation_shown(installation, web_url),
        "repositories": [_named(each) for each in repositories],
        "sender": account_shown(by, web_url),
    }
    return body | {"requester": None} if action == "created" else body


def chosen_event(
    installation: FakeInstallation, action: str, changed: Iterable[FakeRepository], by: FakeAccount, web_url: str
) -> dict[str, Any]:
    """Repositories were added to it, or removed."""
    named = [_named(each) for each in changed]
    return {
        "action": action,
        "installation": installation_shown(installation, web_url),
        "repository_selection": "all" if installation.has_all else "selected",
        "repositories_added": named if action == "added" else [],
        "repositories_removed": named if action == "removed" else [],
        "requester": None,
        "sender": account_shown(by, web_url),
    }


def _named(repository: FakeRepository) -> dict[str, Any]:
    return {
        "id": repository.id,
        "node_id": f"R_{repository.id}",
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.is_private,
    }
