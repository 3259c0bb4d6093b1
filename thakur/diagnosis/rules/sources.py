"""Rules about the project's own text: types, lint, syntax, pages."""

import re

from thakur.diagnosis.interface import Command
from thakur.diagnosis.rules.rule import BUILDING, Rule, Sentences, inside, rule, said

_TYPE_ERROR = re.compile(r"error (?:TS\d+|ts\(\d+\)):")
_FIRST_LINT = re.compile(
    r"^(?P<file>\S[^\n]*)\n\s+(?P<line>\d+):(?P<column>\d+)\s+error\s+(?P<text>\S.*?)(?:\s{2,}(?P<name>\S+))?$",
    re.MULTILINE,
)


def _types(found: re.Match[str], _command: Command) -> Sentences:
    count = max(1, len(_TYPE_ERROR.findall(found.string)))
    file, line = inside(found["file"]), found["line"]
    more = f" and {count - 1} more" if count > 1 else ""
    return (
        f"TypeScript found an error in {file}, line {line}: {_short(found['text'])}{more}.",
        "Correct it, or let the build script not check types; then deploy again.",
    )


def _lint(found: re.Match[str], _command: Command) -> Sentences:
    first = _FIRST_LINT.search(found.string)
    at = f" The first is in {inside(first['file'])}, line {first['line']}: {_short(first['text'])}." if first else ""
    noun = "error" if found["errors"] == "1" else "errors"
    return (
        f"ESLint found {found['errors']} {noun}.{at}",
        "Correct them, or take the linter out of the build script; then deploy again.",
    )


def _short(text: str) -> str:
    return text.strip().rstrip(".")[:160]


SOURCES: tuple[Rule, ...] = (
    rule(
        "type_error",
        r"^(?P<file>[^\s(:][^\n(:]*)(?:\((?P<line>\d+),\d+\):|:(?P<line2>\d+):\d+ -) error (?:TS\d+|ts\(\d+\)): (?P<text>[^\n]+)",
        lambda found, command: _types(_with_line(found), command),
        BUILDING,
    ),
    rule(
        "type_error",
        r"^\./(?P<file>[^\n:]+):(?P<line>\d+):\d+\n(?:Type error|[^\n]*Type error): (?P<text>[^\n]+)",
        _types,
        BUILDING,
    ),
    rule(
        "type_error",
        r"^error TS\d+: (?P<text>[^\n]+)",
        said("TypeScript cannot go on: {text}", "Correct tsconfig.json, and deploy again."),
        BUILDING,
        is_weak=True,
    ),
    rule(
        "syntax_error",
        r"^\./(?P<file>[^\n:]+):(?P<line>\d+):\d+\nError: (?P<text>[^\n]+)\n(?:[^\n]*\n){0,12}?Parsing ecmascript source code failed",
        lambda found, _: _syntax(found),
        BUILDING,
    ),
    rule("lint_error", r"✖ \d+ problems? \((?P<errors>[1-9]\d*) errors?,", _lint, BUILDING),
    rule(
        "lint_error",
        r"Failed to compile\.\s+\./(?P<file>[^\n]+)\n(?P<line>\d+):\d+\s+Error: (?P<text>[^\n]+)",
        said(
            "ESLint found an error in {file}, line {line}: {text}",
            "Correct it, or set eslint.ignoreDuringBuilds in the Next.js configuration; then deploy again.",
        ),
        BUILDING,
    ),
    rule(
        "syntax_error",
        r"^error: (?P<text>(?:Unexpected|Expected|Syntax Error|Unterminated)[^\n]*)\n\s+at (?P<file>(?![^\n]*package\.json)[^\n:(]+):(?P<line>\d+):\d+",
        lambda found, _: _syntax(found),
    ),
    rule(
        "syntax_error",
        r"^(?P<file>/[^\n:]+):(?P<line>\d+):\d+: ERROR: (?P<text>(?:Unexpected|Expected|Unterminated|Syntax)[^\n]*)",
        lambda found, _: _syntax(found),
    ),
    rule(
        "syntax_error",
        r"^(?:file://)?(?P<file>/[^\n:]+):(?P<line>\d+)\n(?:[^\n]*\n){1,4}?\s*\n?SyntaxError: (?P<text>[^\n]+)",
        lambda found, _: _syntax(found),
    ),
    rule(
        "fonts_unreachable",
        r"Failed to fetch [`'\"](?P<font>[^`'\"\n]+)[`'\"] from Google Fonts",
        said(
            "The build asks Google for the font {font}, and this server did not get it.",
            "Let the server reach fonts.googleapis.com, or keep the font's files in the project with next/font/local.",
        ),
        BUILDING,
    ),
    rule(
        "page_failed",
        r"Error occurred prerendering page \"(?P<page>[^\"\n]+)\"[^\n]*\n(?:[^\n]*\n){0,3}?(?P<text>(?:\w*Error|error)\b[^\n]+)",
        said(
            "The page {page} is made during the build, and its code failed: {text}",
            "Give the build the env vars and the services that the page asks, or make the page at each request.",
        ),
        BUILDING,
    ),
    rule(
        "next_pages_missing",
        r"Couldn't find any `pages` or `app` directory",
        said(
            "Next.js found neither a pages nor an app directory.",
            "Deploy the folder that holds it: in a monorepo, set the root directory.",
        ),
        BUILDING,
    ),
)


def _syntax(found: re.Match[str]) -> Sentences:
    return (
        f"{inside(found['file'])}, line {found['line']}, cannot be read: {_short(found['text'])}.",
        "Correct that line, and deploy again.",
    )


def _with_line(found: re.Match[str]) -> re.Match[str]:
    # Both shapes name the line; the first one is matched again so that `line` is set.
    if found["line"] is not None:
        return found
    again = re.compile(r"(?P<file>[^\n:]+):(?P<line>\d+):\d+ - error [^:]+: (?P<text>[^\n]+)").match(
        found.string, found.start()
    )
    return again or found
