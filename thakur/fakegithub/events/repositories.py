"""A repository, or the account that it belongs to, is not what it was."""

from typing import Any

from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.repositories import repository_shown
from thakur.fakegithub.state import FakeInstallation, FakeRepository


def repository_event(
    repository: FakeRepository, action: str, changes: dict[str, Any] | None, web_url: str
) -> dict[str, Any]:
    """Renamed, transferred, edited, privatized, publicized, deleted; with what it was before, where it was something."""
    body = {
        "action": action,
        "repository": repository_shown(repository, web_url),
        "sender": account_shown(repository.account, web_url),
    }
    return body if changes is None else body | {"changes": changes}


def target_renamed_event(installation: FakeInstallation, before: str, web_url: str) -> dict[str, Any]:
    """The account that an App is installed on has another login."""
    account = account_shown(installation.account, web_url)
    return {
        "action": "renamed",
        "account": account,
        "changes": {"login": {"from": before}},
        "installation": {"id": installation.id, "node_id": f"I_{installation.id}"},
        "target_type": installation.account.kind,
        "sender": account,
    }
