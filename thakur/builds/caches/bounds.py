"""Bounds: what of a project's caches goes when they are larger than they may be."""

from collections.abc import Sequence
from pathlib import Path

LIMIT_BYTES = 2 * 1024**3


def to_drop(parts: Sequence[tuple[Path, int]], limit_bytes: int) -> list[Path]:
    """The first parts, until the rest is small enough. What is missed least comes first."""
    left = sum(size for _, size in parts)
    dropped = []
    for path, size in parts:
        if left <= limit_bytes:
            break
        dropped.append(path)
        left -= size
    return dropped
