"""An App was installed, suspended, let go."""

from typing import Any

from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.apps import installation_shown
from thakur.fakegithub.state import FakeInstallation


def installation_event(installation: FakeInstallation, action: str, web_url: str) -> dict[str, Any]:
    """Of one of its actions: created, deleted, suspend, unsuspend."""
    return {
        "action": action,
        "installation": installation_shown(installation, web_url),
        "sender": account_shown(installation.account, web_url),
    }
