"""Times and sizes as a person says them."""

from datetime import UTC, datetime
from typing import Any


def age(at: str) -> str:
    """How long ago an ISO time was: `5 s`, `3 min`, `2 h`, `4 d`."""
    seconds = max(0, int((datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def took(row: dict[str, Any]) -> str:
    """How long a build or deployment took, if it has ended."""
    if not row.get("started_at") or not row.get("finished_at"):
        return ""
    lasted = datetime.fromisoformat(row["finished_at"]) - datetime.fromisoformat(row["started_at"])
    return f"{lasted.total_seconds():.1f} s"


def size(count_bytes: float) -> str:
    """A size with its unit."""
    for unit in ("B", "KB", "MB"):
        if count_bytes < 1000:
            return f"{count_bytes:.0f} {unit}" if unit == "B" else f"{count_bytes:.1f} {unit}"
        count_bytes /= 1024
    return f"{count_bytes:.1f} GB"


def counted(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
