"""Answers that are kept with their tags: what has not changed since is answered with nothing, and counts for nothing."""

from collections import OrderedDict
from typing import Any, NamedTuple

ANSWERS = 500


class Exchanged(NamedTuple):
    """An answer as it came: its status, its headers by their lower-case names, and what it says."""

    status: int
    headers: dict[str, str]
    data: Any


class KeptAnswers:
    """The last ones that had a tag. A payer's are never another's: whoever may see a thing differs."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Exchanged] = OrderedDict()

    def tag(self, payer: str, url: str) -> str:
        """What to ask with; empty when nothing is kept."""
        kept = self._kept.get((payer, url))
        return kept.headers["etag"] if kept else ""

    def settle(self, payer: str, url: str, came: Exchanged) -> Exchanged:
        """The answer itself, or the kept one that it stands for."""
        key = (payer, url)
        if came.status == 304 and key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._kept.pop(key, None)
        if came.status == 200 and came.headers.get("etag"):
            self._kept[key] = came
            if len(self._kept) > ANSWERS:
                self._kept.popitem(last=False)
        return came
