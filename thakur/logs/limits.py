"""How much of a build's output is kept: pure."""

from collections.abc import Sequence

from thakur.logs.interface import BUILD_BYTES, BUILD_LINES, Entry, Level

CUT = Entry(
    "The log is cut here: a build keeps 100,000 lines or 20 MB of output. The build goes on.",
    Level.WARNING,
)


def size_of(entries: Sequence[Entry]) -> int:
    """Bytes of the entries' texts."""
    return sum(len(entry.text.encode()) for entry in entries)


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
