"""What the checks of a commit say together. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from thakur.github import Check

NAMES = 3
NAME_CHARACTERS = 60
OWN = "thakur/"


class Verdict(NamedTuple):
    """Of all checks, with a sentence where they are not green."""

    state: Literal["green", "pending", "failed", "none"]
    why: str = ""


def verdict(checks: Sequence[Check]) -> Verdict:
    """One that failed decides; what this server says itself does not count."""
    others = [each for each in checks if not each.name.startswith(OWN)]
    failed = [each.name for each in others if each.state == "failed"]
    pending = [each.name for each in others if each.state == "pending"]
    if failed:
        return Verdict("failed", f"{_counted(len(failed), len(others), 'has', 'have')} failed: {_named(failed)}")
    if pending:
        return Verdict("pending", f"{_counted(len(pending), len(others), 'is', 'are')} not done: {_named(pending)}")
    return Verdict("green" if others else "none")


def _counted(some: int, every: int, is_one: str, are_many: str) -> str:
    verb = is_one if some == 1 else are_many
    return f"Its check {verb}" if every == 1 else f"{some} of its {every} checks {verb}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return ", ".join(name[:NAME_CHARACTERS] for name in names[:NAMES]) + more
