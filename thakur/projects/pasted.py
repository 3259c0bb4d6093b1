"""A pasted `.env` before it is saved: what would come of each of its names, and the paste itself."""

from enum import StrEnum
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Invalid


class PastedStatus(StrEnum):
    """What saving would make of a name."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class PastedVar(msgspec.Struct, frozen=True, kw_only=True):
    """A name of a pasted `.env` by the line that counts, and why it is left out if it is. No value."""

    name: str
    line: int
    status: PastedStatus
    reason: str = ""


class PasteGone(Invalid):
    """A paste that was looked over cannot be saved any more; it has to be pasted again."""

    code = "paste_gone"


class Pastes(Protocol):
    """Keeping a paste between the look at it and its saving, in the page itself: sealed, so that no page holds its values."""

    def keep(self, principal: Principal, text: str) -> str:
        """What gives the paste back, to the same person, within half an hour."""

    def text_of(self, principal: Principal, kept: str) -> str:
        """Raises PasteGone."""
