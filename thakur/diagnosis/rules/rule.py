"""A rule of the table: words that give a cause away, and what is said of it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from thakur.diagnosis.interface import Command, Phase

Sentences = tuple[str, str]
Explain = Callable[[re.Match[str], Command], Sentences | None]

ALWAYS = frozenset(Phase)
BUILDING = frozenset({Phase.BUILD})
STARTING = frozenset({Phase.START})


class Rule(NamedTuple):
    """`explain` gives why and next, or None where the match is no such case after all.

    A rule `is_weak` when its words also stand in output that does no harm: in a build it speaks only when no other does.
    """

    code: str
    pattern: re.Pattern[str]
    explain: Explain
    phases: frozenset[Phase] = ALWAYS
    is_weak: bool = False


def rule(
    code: str, pattern: str, explain: Explain, phases: frozenset[Phase] = ALWAYS, *, is_weak: bool = False
) -> Rule:
    return Rule(code, re.compile(pattern, re.MULTILINE), explain, phases, is_weak)


def said(why: str, following: str) -> Explain:
    """Always the same two sentences, filled with the pattern's groups."""

    def explain(found: re.Match[str], command: Command) -> Sentences:
        groups = {name: text or "" for name, text in found.groupdict().items()}
        return why.format_map(groups), following.format_map(groups | {"project": command.project})

    return explain


_HARMLESS = re.compile(
    r"\bwarn(?:ing)?\b|\bskipp|\bdefault(?:ing|s)? to\b|\busing default|\bfall(?:ing)?[ -]?back|\bignor|\boptional|\bdisabl"
    r"|\b(?:going|go) on without\b|\bwithout it\b",
    re.IGNORECASE,
)


def is_harmless(found: re.Match[str]) -> bool:
    """Whether the line in which the words stand says that nothing came of it."""
    text = found.string
    begin = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.end())
    return _HARMLESS.search(text[begin : end if end >= 0 else len(text)]) is not None


def inside(path: str) -> str:
    """A file as its owner knows it: relative to the project."""
    return path.removeprefix("file://").removeprefix("/app/").removeprefix("./")
