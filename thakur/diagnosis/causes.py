"""Finding the cause: the rule whose words come first in a build's output, or stand at the end of an application's."""

import re
from typing import NamedTuple

from thakur.diagnosis.interface import Cause, Command, Phase
from thakur.diagnosis.output import clean, end_begins
from thakur.diagnosis.rules.installs import INSTALLS
from thakur.diagnosis.rules.modules import MODULES
from thakur.diagnosis.rules.rule import Rule, Sentences
from thakur.diagnosis.rules.sources import SOURCES
from thakur.diagnosis.rules.surroundings import SURROUNDINGS

# At one place of the output the earlier rule speaks.
RULES: tuple[Rule, ...] = (*INSTALLS, *SOURCES, *MODULES, *SURROUNDINGS)


class _Hit(NamedTuple):
    rule: Rule
    found: re.Match[str]
    sentences: Sentences


def find_cause(command: Command) -> Cause | None:
    """The cause that the output gives away, or None, which is better than a wrong one."""
    text = clean(command.output)
    hits = [hit for rule in RULES if command.phase in rule.phases for hit in _hits(rule, text, command)]
    chosen = _last(hits, text) if command.phase is Phase.START else _first(hits, text)
    if chosen is None:
        return None
    why, following = chosen.sentences
    return Cause(code=chosen.rule.code, why=why, next=following)


def _hits(rule: Rule, text: str, command: Command) -> list[_Hit]:
    found = ((match, rule.explain(match, command)) for match in rule.pattern.finditer(text))
    return [_Hit(rule, match, sentences) for match, sentences in found if sentences is not None]


def _first(hits: list[_Hit], text: str) -> _Hit | None:
    # A build stops at its first error, and what follows is its noise.
    strong = [hit for hit in hits if not hit.rule.is_weak]
    return min(strong, key=lambda hit: hit.found.start(), default=None) or _last(hits, text)


def _last(hits: list[_Hit], text: str) -> _Hit | None:
    # An application goes on after many an error; the one that ended it stands at the end.
    begins = end_begins(text)
    ending = [hit for hit in hits if hit.found.end() > begins]
    return min(ending, key=lambda hit: (hit.rule.is_weak, hit.found.start()), default=None)
