"""Times, sizes and numbers as people read them."""

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SOON_SECONDS = 45
_DAYS_TOLD = 7


def ago(at: datetime, now: datetime) -> str:
    """How long since: `just now`, `14 min ago`, `yesterday`, then the date."""
    passed = (now - at).total_seconds()
    if passed < _SOON_SECONDS:
        return "just now"
    if passed < _HOUR:
        return f"{max(1, round(passed / _MINUTE))} min ago"
    if passed < _DAY:
        return f"{round(passed / _HOUR)} h ago"
    days = (now.astimezone(UTC).date() - at.astimezone(UTC).date()).days
    if days <= 1:
        return "yesterday"
    return f"{days} days ago" if days < _DAYS_TOLD else date(at)


def date(at: datetime) -> str:
    """`21 Feb 2027`, in UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y}"


def moment(at: datetime) -> str:
    """The whole of it, for a title: `21 Feb 2027, 11:52:04 UTC`."""
    return f"{date(at)}, {at.astimezone(UTC):%H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """`11 ms`, `0.6 s`, `1 min 08 s`, `2 h 05 min`."""
    if seconds < 0.1:
        return f"{round(seconds * 1000)} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"


def number(value: float) -> str:
    """`1,204`, `412 k`, `1.2 M`."""
    if value < 100_000:
        return f"{value:,.0f}"
    return f"{value / 1000:.0f} k" if value < 1_000_000 else f"{value / 1_000_000:.1f} M"


def size(value_bytes: float) -> str:
    """`0 B`, `412 KB`, `1.5 GB`: powers of a thousand."""
    value = float(value_bytes)
    for unit in ("B", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def coded(text: str) -> Markup:
    """A sentence whose words between backticks are a terminal's."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(re.split(r"`([^`]+)`", text))
    )


def counted(count: int, noun: str, nouns: str = "") -> str:
    """`1 project`, `3 projects`; `nouns` where that is not the noun with an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {nouns or f'{noun}s'}"
