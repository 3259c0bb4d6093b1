"""Which of a repository's tags is the one to deploy: the highest version of those that are meant. Pure.

When a tag was made is nothing that every tag tells, and the order in which events come says as little.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

REFS = "refs/tags/"
_PARTS = re.compile(r"\d+|[^\d.]+")


def newest(names: Iterable[str], pattern: str) -> str | None:
    """The highest that the pattern means."""
    return max((name for name in names if fnmatchcase(name, pattern)), key=rank, default=None)


def rank(name: str) -> tuple[Any, ...]:
    """What versions are ordered by: numbers as numbers, and what is before a release, such as `-rc.1`, before it."""
    core, dash, before = name.partition("-")
    return (
        [int(each) for each in re.findall(r"\d+", core)],
        not dash,
        [_part(each) for each in _PARTS.findall(before)],
        name,
    )


def beginning(pattern: str) -> str:
    """What every name begins with that the pattern means."""
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0]


def _part(text: str) -> tuple[bool, int, str]:
    return (False, int(text), "") if text.isdecimal() else (True, 0, text)
