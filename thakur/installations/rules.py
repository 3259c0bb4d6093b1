"""Rules of previews: which branches of a repository have one, by what somebody has set for a project. Pure."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from thakur.errors import Invalid

PREVIEWS = 20
MOST_PREVIEWS = 200
PATTERNS = 20
# As git's own names of branches are; more than one star in a pattern is rare, and each is a choice at every letter.
_PATTERN = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")
STARS = 4


class PreviewRules(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a project has previews, of which branches, and how many of them; a fork's count for nothing.

    `branches` are patterns of which one has to match, `*` stands for anything; one that begins with `!` takes away.
    """

    is_on: bool = True
    branches: tuple[str, ...] = ("*",)
    limit: int = PREVIEWS

    def allow(self, branch: str) -> bool:
        """Whether the branch may have a preview; the last pattern that matches decides."""
        allowed = False
        for pattern in self.branches:
            if fnmatchcase(branch, pattern.removeprefix("!")):
                allowed = not pattern.startswith("!")
        return self.is_on and allowed


class PreviewRuleRefused(Invalid):
    """No rule of previews has that name, or it cannot be that; `field` is the name."""

    code = "preview_rule_refused"


def rules_of(kept: Mapping[str, Any]) -> PreviewRules:
    """Those that were kept."""
    return msgspec.convert(kept, PreviewRules)


def changed_rules(rules: PreviewRules, changes: Mapping[str, Any]) -> PreviewRules:
    """The rules with the changes, of which None unsets. Raises PreviewRuleRefused."""
    for name in changes:
        if name not in PreviewRules.__struct_fields__:
            there = ", ".join(PreviewRules.__struct_fields__)
            raise PreviewRuleRefused(f"Previews have no rule {name[:100]}", hint=f"There are: {there}.", field=name)
    said = {name: value for name, value in (msgspec.to_builtins(rules) | changes).items() if value is not None}
    try:
        made = msgspec.convert(said, PreviewRules)
    except msgspec.ValidationError as error:
        wrong = next((name for name in changes if f"$.{name}" in str(error)), "")
        hint = "is_on is true or false, branches are a list of patterns, limit is a number."
        raise PreviewRuleRefused(f"A rule of previews cannot be that: {error}", hint=hint, field=wrong) from error
    if not 1 <= made.limit <= MOST_PREVIEWS:
        raise PreviewRuleRefused(
            f"A limit is from 1 to {MOST_PREVIEWS}", hint="Turn previews off for none.", field="limit"
        )
    for pattern in made.branches:
        if not _PATTERN.fullmatch(pattern) or pattern.count("*") > STARS:
            hint = "Write names of branches, * for anything: feat/* and !feat/old-*."
            raise PreviewRuleRefused(f"{pattern[:100]!r} is no pattern of branches", hint=hint, field="branches")
    if len(made.branches) > PATTERNS:
        raise PreviewRuleRefused(
            f"These are more than {PATTERNS} patterns", hint="Say more with fewer.", field="branches"
        )
    return made
