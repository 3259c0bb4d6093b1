"""Texts that people ask for by a pattern."""

import re

from sqlalchemy import ColumnElement, SQLColumnExpression

ANYTHING = "*"


def fits(text: SQLColumnExpression[str], pattern: str) -> ColumnElement[bool]:
    """Whether it is the pattern; a `*` there stands for any characters, every other one for itself."""
    if ANYTHING not in pattern:
        return text == pattern
    return text.like(re.sub(r"([\\%_])", r"\\\1", pattern).replace(ANYTHING, "%"))
