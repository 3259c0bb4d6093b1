"""Reading a pasted `.env`: pure, and in the way that the common readers agree on.

One assignment a line, `export` before it or not; `#` at the beginning or after a blank begins a comment. A value in quotes or
backquotes may have several lines; between double quotes a backslash before n, r, t, a quote, a dollar or a backslash means
what it does in a shell. Nothing is expanded.
"""

import re

import msgspec

from thakur.projects.interface import DotenvInvalid

_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?([^\s=#'\"`]+)[ \t]*=")
_QUOTED = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
    "'": re.compile(r"'([^']*)'"),
    "`": re.compile(r"`([^`]*)`"),
}
_PLAIN = re.compile(r"[^\n]*")
_BLANKS = re.compile(r"[ \t]*")
_COMMENT = re.compile(r"[ \t]+#.*")
_ESCAPE = re.compile(r'\\([nrt"$\\])')
_MEANING = {"n": "\n", "r": "\r", "t": "\t"}


class Assignment(msgspec.Struct, frozen=True):
    """A name, its value, and the line where it begins."""

    name: str
    value: str
    line: int


def parse_dotenv(text: str) -> dict[str, str]:
    """The values by name; of a name that comes twice the last counts. Raises DotenvInvalid."""
    return {one.name: one.value for one in assignments(text)}


def assignments(text: str) -> list[Assignment]:
    """All that the text says, in its order. Raises DotenvInvalid."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found: list[Assignment] = []
    at = 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end()
            continue
        name = _NAME.match(text, at)
        if name is None:
            raise _invalid(text, at, "is no assignment", "Write NAME=value, one a line.")
        line = _line(text, name.start(1))
        value, at = _value(text, name.end())
        found.append(Assignment(name[1], value, line))
    return found


def _value(text: str, at: int) -> tuple[str, int]:
    begin = _end(_BLANKS, text, at)
    quote = text[begin : begin + 1]
    if quote not in _QUOTED:
        end = _end(_PLAIN, text, at)
        # A # that touches the word before it belongs to it, as in a color or a password.
        return _COMMENT.sub("", text[at:end]).strip(" \t"), end + 1
    quoted = _QUOTED[quote].match(text, begin)
    if quoted is None:
        raise _invalid(text, begin, "opens a quote that nothing closes", f"Close it with {quote}.")
    after = _BLANK.match(text, quoted.end())
    if after is None:
        raise _invalid(
            text, quoted.end(), "goes on after its closing quote", "Quote the whole value, or nothing of it."
        )
    value = quoted[1]
    if quote == '"':
        value = _ESCAPE.sub(lambda escape: _MEANING.get(escape[1], escape[1]), value)
    return value, after.end()


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _invalid(text: str, at: int, what: str, hint: str) -> DotenvInvalid:
    # Never the line itself: it may hold a secret.
    return DotenvInvalid(f"Line {_line(text, at)} {what}", hint=hint, field="text")
