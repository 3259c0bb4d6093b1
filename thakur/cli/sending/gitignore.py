"""The rules of `.gitignore` files, as git reads them, for folders that git does not know."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One line: what it matches, relative to its file's directory, and what that means."""

    pattern: re.Pattern[str]
    is_ignoring: bool
    is_for_directories: bool


@dataclass(frozen=True)
class Rules:
    """The lines of one file; `below` is the directory that holds it, with a slash at its end, or nothing."""

    below: str
    rules: tuple[Rule, ...]

    def decide(self, name: str, *, is_directory: bool) -> bool | None:
        """Whether the path is ignored; nothing if no line speaks of it. The last line that does counts."""
        inside = name.removeprefix(self.below)
        for rule in reversed(self.rules):
            if (is_directory or not rule.is_for_directories) and rule.pattern.fullmatch(inside):
                return rule.is_ignoring
        return None


def parse(text: str, below: str) -> Rules:
    """The rules of a file's text."""
    lines = text.removeprefix("\ufeff").split("\n")
    return Rules(below, tuple(rule for line in lines if (rule := _rule(line.removesuffix("\r")))))


def is_ignored(files: tuple[Rules, ...], name: str, *, is_directory: bool) -> bool:
    """Whether a path is ignored by the files of the directories above it, outermost first."""
    decisions = (rules.decide(name, is_directory=is_directory) for rules in reversed(files))
    return next((decision for decision in decisions if decision is not None), False)


def _rule(line: str) -> Rule | None:
    line = re.sub(r"(?<!\\) +$", "", line)
    if not line or line.startswith("#"):
        return None
    is_ignoring = not line.startswith("!")
    pattern = line.removeprefix("!")
    is_for_directories = pattern.endswith("/")
    pattern = pattern.rstrip("/") if is_for_directories else pattern
    if not pattern:
        return None
    prefix = "" if "/" in pattern else "(?:.*/)?"
    try:
        compiled = re.compile(prefix + _translated(pattern.removeprefix("/")), re.DOTALL)
    except re.error:
        return None
    return Rule(compiled, is_ignoring, is_for_directories)


_TOKEN = re.compile(
    r"(?P<deep_start>\A\*\*/)|(?P<deep>/\*\*/)|(?P<deep_end>/\*\*\Z)|(?P<star>\*+)|(?P<one>\?)"
    r"|\[(?P<negated>[!^]?)(?P<of>\]?(?:\\.|[^\]\\])*)\]|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)


_CLASSES = {"alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "digit": "0-9", "lower": "a-z", "upper": "A-Z"}


def _translated(pattern: str) -> str:
    for name, characters in _CLASSES.items():
        pattern = pattern.replace(f"[:{name}:]", characters)
    return "".join(_regex(found) for found in _TOKEN.finditer(pattern))


def _regex(found: re.Match[str]) -> str:
    plain = {"deep_start": "(?:.*/)?", "deep": "/(?:.*/)?", "deep_end": "/.+", "star": "[^/]*", "one": "[^/]"}
    kind = found.lastgroup or ""
    if kind in plain:
        return plain[kind]
    if kind == "of":
        inside = re.sub(r"\\(.)", r"\1", found["of"]).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        return f"(?!/)[{'^' if found['negated'] else ''}{inside}]"
    return re.escape(found[kind])
