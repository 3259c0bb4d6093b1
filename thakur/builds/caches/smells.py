"""Smells: whether the last words of a command that failed blame what an earlier build left."""

import re
from collections.abc import Iterable

from thakur.builds.sources.unpack import CACHE_NAME

# Seen with caches that were cut short or had bits turned: tools that map them into memory panic or are killed.
_BROKEN = re.compile(
    r"panicked at|TurbopackInternalError|SIG(?:SEGV|BUS|ILL|ABRT)|[Cc]orrupt|[Dd]eserializ|[Cc]hecksum mismatch"
    r"|[Ii]ntegrity check|Unexpected end of JSON|[Uu]nexpected end of data"
)


def smells_of_cache(output: str, places: Iterable[str]) -> bool:
    """One of the places is named, or something is broken that no source code breaks."""
    return any(place in output for place in (CACHE_NAME, *places)) or _BROKEN.search(output) is not None
