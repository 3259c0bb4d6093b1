"""Filters: which of the commits that are pushed are built, by what somebody has set for a project, and the held ones. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from pathspec import GitIgnoreSpec

from thakur.errors import Invalid, NotFound

PATTERNS = 50
PATTERN_CHARACTERS = 200
# Each is a choice at every letter of a name.
STARS = 8
_TAGS = re.compile(r"(?:[A-Za-z0-9._/+-]{0,100}\*){0,2}[A-Za-z0-9._/+-]{0,100}")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a project's pushes are held back by. Without `paths` it is the application's root that counts.

    With `tags`, a pattern, production follows the highest version of the tags that it means, and its branch no more.

    `paths` are patterns as a `.gitignore` has them: a commit is built when one of the files that it changes is meant.
    """

    wait_for_checks: bool = False
    paths: tuple[str, ...] = ()
    tags: str = ""


class FilterRefused(Invalid):
    """No filter has that name, or it cannot be that; `field` is the name."""

    code = "github_filter_refused"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The newest commit of a branch, where it is not built: it is `waiting` for its checks, or `skipped`.

    `why` is a sentence. Whether it is `by_checks` matters when they become others.
    """

    commit: str
    message: str
    author: str = ""
    status: Literal["waiting", "skipped"]
    why: str
    since: datetime
    by_checks: bool = False


class NotFollowing(NotFound):
    """The project follows no repository."""

    code = "github_not_following"


class NothingHeld(NotFound):
    """No commit is held back there."""

    code = "github_nothing_held"


def filters_of(kept: Mapping[str, Any]) -> Filters:
    """Those that were kept; what an older or newer version says besides is left out."""
    return msgspec.convert(kept, Filters)


def changed_filters(filters: Filters, changes: Mapping[str, Any]) -> Filters:
    """The filters with the changes, of which None unsets. Raises FilterRefused."""
    for name in changes:
        if name not in Filters.__struct_fields__:
            there = ", ".join(Filters.__struct_fields__)
            raise FilterRefused(f"There is no filter {name[:100]}", hint=f"There are: {there}.", field=name)
    kept = msgspec.to_builtins(filters) | changes
    said = {name: value for name, value in kept.items() if value is not None}
    try:
        made = msgspec.convert(said, Filters)
    except msgspec.ValidationError as error:
        wrong = next((name for name in changes if f"$.{name}" in str(error)), "")
        hint = "wait_for_checks is true or false, paths are a list of patterns, tags is one."
        raise FilterRefused(f"A filter cannot be that: {error}", hint=hint, field=wrong) from error
    if made.tags and not _TAGS.fullmatch(made.tags):
        hint = "Write such as v*: letters, digits and ._-/+ with up to two stars."
        raise FilterRefused(f"{made.tags[:100]!r} is no pattern of tags", hint=hint, field="tags")
    for pattern in made.paths:
        _check(pattern)
    if len(made.paths) > PATTERNS:
        raise FilterRefused(f"These are more than {PATTERNS} patterns", hint="Say more with fewer.", field="paths")
    return made


def any_is_meant(patterns: Sequence[str], names: Collection[str]) -> bool:
    """Whether the patterns mean one of the names; the last pattern that matches decides, and `!` takes away."""
    spec = GitIgnoreSpec.from_lines(patterns)
    return any(spec.match_file(name) for name in names)


def _check(pattern: str) -> None:
    hint = "Write names as a .gitignore has them, such as apps/web/** and !**/*.md."
    is_short = 0 < len(pattern.strip()) <= PATTERN_CHARACTERS and pattern.count("*") <= STARS and "\0" not in pattern
    try:
        if is_short and GitIgnoreSpec.from_lines([pattern]).patterns[0].include is not None:
            return
    # A range that runs backwards is an error of the regular expressions behind it.
    except (ValueError, re.error) as error:
        reason = str(error)
    else:
        reason = f"it is empty, a comment, longer than {PATTERN_CHARACTERS} characters or has more than {STARS} stars"
    raise FilterRefused(f"{pattern[:100]!r} is no pattern: {reason}", hint=hint, field="paths")
