"""The manifest by which GitHub makes an App: what it may do and hear, and where its owner is led afterwards. Pure."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from thakur.installations.permissions import permissions_for

# GitHub's own bound of an App's name, which nobody else on the same GitHub may have.
NAME_CHARACTERS = 34
MADE = "/installations/callback"
SETUP = "/installations/setup"
SIGN_IN = "/login/github/callback"

EVENTS = ("push", "pull_request", "create", "delete", "repository", "check_run", "check_suite", "status")


def manifest(base_url: str, hook_url: str, organization: str) -> dict[str, Any]:
    """The manifest of an App for the dashboard at `base_url`."""
    return {
        "name": _name(base_url),
        "url": base_url,
        "description": "Builds and deploys each push.",
        "public": False,
        "hook_attributes": {"url": hook_url, "active": True},
        "redirect_url": base_url + MADE,
        "callback_urls": [base_url + SIGN_IN],
        "setup_url": base_url + SETUP,
        "setup_on_update": True,
        "default_permissions": {each.name: each.level for each in permissions_for(organization)},
        "default_events": list(EVENTS),
    }


def _name(base_url: str) -> str:
    host = (urlsplit(base_url).hostname or "").strip("[]")
    is_own = any(letter.isalpha() for letter in host) and not host.endswith("localhost")
    # Many servers are called localhost.
    return f"Thakur {host if is_own else secrets.token_hex(3)}"[:NAME_CHARACTERS]
