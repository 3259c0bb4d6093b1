"""Content codings: which compressed form of a file a browser gets."""

import re
from collections.abc import Iterable
from functools import lru_cache

# What Thakur makes at build time, each in a directory of its own beside the artifact: DIGEST.zst, DIGEST.gz.
SUFFIXES = {b"zstd": ".zst", b"gzip": ".gz"}

_ITEM = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:;[ \t]*[qQ]=([01](?:\.[0-9]{0,3})?)[ \t]*)?").fullmatch
_LONGEST = 512


def choose(accepted: bytes, offered: Iterable[bytes]) -> bytes:
    """Of the codings offered, the best first, the one that an Accept-Encoding field asks for; empty for none of them."""
    qualities = _qualities(accepted) if 0 < len(accepted) <= _LONGEST else {}
    best, best_quality = b"", qualities.get(b"identity", 0.0)
    for coding in offered:
        quality = qualities.get(coding, qualities.get(b"*", 0.0))
        if quality > best_quality or (quality == best_quality > 0 and not best):
            best, best_quality = coding, quality
    return best


@lru_cache(64)  # the browsers in use send a handful of values
def _qualities(accepted: bytes) -> dict[bytes, float]:
    found: dict[bytes, float] = {}
    for item in accepted.split(b","):
        match = _ITEM(item.strip())
        if match is not None:
            coding = match.group(1).lower().removeprefix(b"x-")
            found[coding] = float(match.group(2) or 1)
    return found
