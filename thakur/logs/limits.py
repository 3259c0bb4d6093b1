"""How much of what a build or an application writes is kept: pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from thakur.logs.interface import BUILD_BYTES, BUILD_LINES, DAY_BYTES, DAY_LINES, Entry, Level

CUT = Entry(
    "The log is cut here: a build keeps 100,000 lines or 20 MB of output. The build goes on.",
    Level.WARNING,
)
DAY_CUT = Entry(
    "The log is cut here until midnight UTC: an application keeps 200,000 lines or 100 MB of output a day. The"
    " application goes on.",
    Level.WARNING,
)
TOLD_EVERY = timedelta(minutes=1)


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What a runtime stream has kept today, and how many lines it has dropped since it last said so."""

    on: date
    lines: int = 0
    size_bytes: int = 0
    dropped_lines: int = 0
    told_at: datetime | None = None


def fit(entries: Sequence[Entry], lines: int, size_bytes: int) -> tuple[list[Entry], int]:
    """Keep what fits behind `lines` lines of `size_bytes`; returns it with the stream's new size.

    The first output that does not fit becomes the line that says so, and leaves a size above the limit: the sign that
    nothing more fits. Thakur's own words always do, so that a log tells how its build ended.
    """
    kept: list[Entry] = []
    for entry in entries:
        entry_bytes = len(entry.text.encode())
        if entry.level is not Level.INFO:
            size_bytes = max(size_bytes, min(size_bytes + entry_bytes, BUILD_BYTES))
        elif size_bytes > BUILD_BYTES:
            continue
        elif lines + len(kept) >= BUILD_LINES or size_bytes + entry_bytes > BUILD_BYTES:
            size_bytes = BUILD_BYTES + 1
            kept.append(CUT)
            continue
        else:
            size_bytes += entry_bytes
        kept.append(entry)
    return kept, size_bytes


def fit_day(entries: Sequence[Entry], day: Day | None, now: datetime) -> tuple[list[Entry], Day]:
    """Keep what fits into the day; returns it with the day's new counts.

    Output beyond the limits is counted, and once a minute a line says how much that was. Thakur's own words always fit.
    """
    day = _begun(day, now)
    kept: list[Entry] = []
    lines, size_bytes, dropped = day.lines, day.size_bytes, 0
    for entry in entries:
        entry_bytes = len(entry.text.encode())
        is_full = lines >= DAY_LINES or size_bytes > DAY_BYTES
        if entry.level is Level.INFO and (is_full or size_bytes + entry_bytes > DAY_BYTES):
            # Above the limit nothing fits any more, however short.
            size_bytes = DAY_BYTES + 1
            dropped += 1
        else:
            kept.append(entry)
            lines += 1
            size_bytes += entry_bytes
    return _told(kept, msgspec.structs.replace(day, lines=lines, size_bytes=size_bytes), dropped, now)


def _begun(day: Day | None, now: datetime) -> Day:
    if day is None:
        return Day(on=now.date())
    if day.on != now.date():
        return Day(on=now.date(), dropped_lines=day.dropped_lines)
    return day


def _told(kept: list[Entry], day: Day, dropped: int, now: datetime) -> tuple[list[Entry], Day]:
    dropped += day.dropped_lines
    if dropped and day.told_at is None and day.size_bytes > DAY_BYTES:
        return [*kept, DAY_CUT], msgspec.structs.replace(day, dropped_lines=dropped, told_at=now)
    if dropped and (day.told_at is None or now - day.told_at >= TOLD_EVERY):
        text = f"{dropped:,} lines were dropped: they went beyond 200,000 lines or 100 MB of output a day."
        told = Entry(text, Level.WARNING)
        return [*kept, told], msgspec.structs.replace(day, dropped_lines=0, told_at=now if day.told_at else None)
    return kept, msgspec.structs.replace(day, dropped_lines=dropped)
