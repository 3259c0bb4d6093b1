"""Answers that are kept with their tags: what has not changed since is answered with nothing, and counts for nothing."""

from collections import OrderedDict
from typing import NamedTuple

# A page of a hundred repositories is half a megabyte.
ANSWERS = 500
ALL_BYTES = 32 * 1024 * 1024


class Exchanged(NamedTuple):
    """An answer as it came: its status, its headers by their lower-case names, and its body, which is smaller than what it says."""

    status: int
    headers: dict[str, str]
    body: bytes


class KeptAnswers:
    """The last ones that had a tag. A payer's are never another's: whoever may see a thing differs."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Exchanged] = OrderedDict()
        self._bytes = 0

    def find(self, payer: str, url: str) -> Exchanged | None:
        """The one by whose tag to ask."""
        return self._kept.get((payer, url))

    def settle(self, payer: str, url: str, came: Exchanged, before: Exchanged | None = None) -> Exchanged:
        """The answer itself, or the one by whose tag was asked, which may be kept no more by now."""
        key = (payer, url)
        if came.status == 304 and before is not None:
            if key in self._kept:
                self._kept.move_to_end(key)
            return before
        if key in self._kept:
            self._bytes -= len(self._kept.pop(key).body)
        if came.status == 200 and came.headers.get("etag"):
            self._kept[key] = came
            self._bytes += len(came.body)
            while len(self._kept) > ANSWERS or self._bytes > ALL_BYTES:
                self._bytes -= len(self._kept.popitem(last=False)[1].body)
        return came
