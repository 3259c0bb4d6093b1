"""Comments as people read them: links, bold, code and tables; everything else is the text that it is."""

import re
from typing import NamedTuple

_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
_RULE = re.compile(r"\|?[\s:|-]+\|?")
_LINK = r"(?:\*\*)?\[(?P<label>[^\]\n]+)\]\((?P<href>https?://[^\s)]+)\)(?:\*\*)?"
_SPAN = re.compile(_LINK + r"|\*\*(?P<bold>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`")


class Span(NamedTuple):
    """A part of a line; `kind` is text, link, bold or code."""

    kind: str
    text: str
    href: str = ""


class Line(NamedTuple):
    """A line of text has one cell, a line of a table several."""

    cells: list[list[Span]]
    is_row: bool = False


def lines(text: str) -> list[Line]:
    """What is to be shown; comments of HTML are not."""
    found = []
    for each in _HIDDEN.sub("", text).strip().splitlines():
        is_row = each.startswith("|") and each.rstrip().endswith("|")
        if is_row and _RULE.fullmatch(each.strip()):
            continue
        cells = each.strip().strip("|").split("|") if is_row else [each.lstrip("#").lstrip()]
        found.append(Line([spans(cell.strip()) for cell in cells], is_row))
    return found


def spans(text: str) -> list[Span]:
    """The parts of one line."""
    found, at = [], 0
    for match in _SPAN.finditer(text):
        if match.start() > at:
            found.append(Span("text", text[at : match.start()]))
        kind = str(match.lastgroup)
        if match["label"]:
            found.append(Span("link", match["label"], match["href"]))
        else:
            found.append(Span(kind, match[kind]))
        at = match.end()
    return [*found, Span("text", text[at:])] if at < len(text) else found
