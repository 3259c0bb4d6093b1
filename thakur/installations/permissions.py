"""What an App is asked to be granted, and what of it an installation was not. Pure."""

from collections.abc import Mapping

import msgspec

LEVELS = ("", "read", "write", "admin")


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


def lacking(granted: Mapping[str, str]) -> tuple[Permission, ...]:
    """Those that were not granted, or not so far."""
    return tuple(each for each in PERMISSIONS if _rank(granted.get(each.name, "")) < _rank(each.level))


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else 0
