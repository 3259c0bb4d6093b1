"""Log text for a page: terminal colours become classes, everything that could deceive the eye is spelled out."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

# CSI sequences (ECMA-48, 5.4), OSC ones up to their end, and what other escapes begin.
_ESCAPE = re.compile(r"\x1b(?:\[([0-9;:]*)([ -/]*[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|.?)")
# Control characters, and those that turn or hide the direction of text (UTS 55).
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_CUBE = (0, 95, 135, 175, 215, 255)
# What terminals usually paint for the eight, for finding the nearest.
_PAINTED = (
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
)


@lru_cache(maxsize=4096)
def coloured(text: str) -> Markup:
    """The line as markup: escaped, with `a-red` and `a-bold` and their like for SGR codes; other sequences are dropped."""
    if "\x1b" not in text:
        return _plain(text)
    parts, colour, is_bold, end = [], "", False, 0
    for found in _ESCAPE.finditer(text):
        parts.append(_span(text[end : found.start()], colour, is_bold=is_bold))
        end = found.end()
        if found[2] == "m":
            colour, is_bold = _style(found[1], colour, is_bold=is_bold)
    parts.append(_span(text[end:], colour, is_bold=is_bold))
    return Markup("").join(parts)


def plain(text: str) -> str:
    """The line as text, for a download."""
    return _ESCAPE.sub("", text)


def _plain(text: str) -> Markup:
    return escape(_HIDDEN.sub(lambda found: f"U+{ord(found[0]):04X}", text))


def _span(text: str, colour: str, *, is_bold: bool) -> Markup:
    if not text:
        return Markup("")
    classes = " ".join(name for name in (f"a-{colour}" if colour else "", "a-bold" if is_bold else "") if name)
    return Markup('<span class="{}">{}</span>').format(classes, _plain(text)) if classes else _plain(text)


def _style(codes: str, colour: str, *, is_bold: bool) -> tuple[str, bool]:
    numbers = [int(code) if code else 0 for code in re.split("[;:]", codes)] or [0]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            colour, is_bold = "", False
        elif code in (1, 22):
            is_bold = code == 1
        elif code == 39:
            colour = ""
        elif 30 <= code <= 37 or 90 <= code <= 97:
            colour = _COLOURS[code % 10]
        elif code in (38, 48):
            chosen, numbers = _extended(numbers)
            colour = chosen if code == 38 and chosen else colour
    return colour, is_bold


def _extended(numbers: list[int]) -> tuple[str, list[int]]:
    match numbers:
        case [5, index, *rest]:
            return _COLOURS[index % 8] if index < 16 else _nearest(*_indexed(index)), rest
        case [2, red, green, blue, *rest]:
            return _nearest(red, green, blue), rest
        case _:
            return "", []


def _indexed(index: int) -> tuple[int, int, int]:
    if index >= 232:
        grey = 8 + 10 * (index - 232)
        return grey, grey, grey
    cell = index - 16
    return _CUBE[cell // 36 % 6], _CUBE[cell // 6 % 6], _CUBE[cell % 6]


def _nearest(red: int, green: int, blue: int) -> str:
    wanted = (red, green, blue)
    distances = [sum((a - b) ** 2 for a, b in zip(wanted, painted, strict=True)) for painted in _PAINTED]
    return _COLOURS[distances.index(min(distances))]
