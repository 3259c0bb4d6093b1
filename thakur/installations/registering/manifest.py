"""The manifest by which GitHub makes an App: what it may do and hear, and where its owner is led afterwards. Pure."""

import secrets
from typing import Any
from urllib.parse import urlsplit

import msgspec

# GitHub's own bound of an App's name, which nobody else on the same GitHub may have.
NAME_CHARACTERS = 34
MADE = "/installations/callback"
SETUP = "/installations/setup"
SIGN_IN = "/login/github/callback"

EVENTS = ("push", "pull_request", "create", "delete", "repository", "check_run", "check_suite", "status")


class Permission(msgspec.Struct, frozen=True):
    """What the App may read, or also write, and why it is asked for."""

    name: str
    level: str
    label: str
    why: str


PERMISSIONS = (
    Permission("metadata", "read", "Metadata", "Names and ids of repositories; no App goes without."),
    Permission("contents", "read", "Contents", "To fetch the commit that is built."),
    Permission("statuses", "write", "Commit statuses", "To mark a commit as waiting, live or failed."),
    Permission("deployments", "write", "Deployments", "To show each deployment with its address and its log."),
    Permission("pull_requests", "write", "Pull requests", "To keep one comment with the preview's address up to date."),
    Permission("checks", "read", "Checks", "To wait for them before a deployment, where a project asks for it."),
)
OF_ORGANIZATIONS = (
    Permission("members", "read", "Members", "To let in people of the organisation and its teams, where you allow it."),
)


def permissions_for(organization: str) -> tuple[Permission, ...]:
    """What is asked for; an organisation's App may also be asked who is in it."""
    return (*PERMISSIONS, *OF_ORGANIZATIONS) if organization else PERMISSIONS


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
