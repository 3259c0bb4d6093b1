"""Log lines as the API shows them: by their numbers, without the keys that tables know their writers by."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from thakur.logs import Level, Line


class LineShown(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a log. `replica` says which one wrote it, in the log of an application."""

    number: int
    at: datetime
    level: Level
    text: str
    replica: int | None


def lines_shown(lines: Iterable[Line]) -> list[LineShown]:
    return [
        LineShown(number=line.number, at=line.at, level=line.level, text=line.text, replica=line.replica)
        for line in lines
    ]
