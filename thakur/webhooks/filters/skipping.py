"""Commits that ask not to be deployed. Pure."""

import re

_MARKS = re.compile(r"\[(?:skip ci|ci skip|no ci|skip actions|actions skip|skip cd|skip deploy)\]", re.IGNORECASE)
_TRAILER = re.compile(r"^skip-checks:\s*true\s*$", re.IGNORECASE)


def asks_to_be_skipped(message: str) -> bool:
    """Whether the head commit's message says so: a mark anywhere, or GitHub's trailer at its end."""
    if _MARKS.search(message):
        return True
    _, _, last = message.strip().rpartition("\n\n")
    return "\n\n" in message.strip() and any(_TRAILER.match(line) for line in last.splitlines())
