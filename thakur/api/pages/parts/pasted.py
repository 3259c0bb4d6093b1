"""A pasted `.env` as a page shows it before it is saved."""

from collections.abc import Sequence

import msgspec

from thakur.api.pages.parts.told import Told
from thakur.projects import PastedStatus, PastedVar

FIRST = Told("warn", "Nothing is saved yet.", "Look over what the paste changes, then save.")

# With which glyph a name is shown.
GLYPHS = {
    PastedStatus.NEW: "succeeded",
    PastedStatus.REPLACED: "superseded",
    PastedStatus.UNCHANGED: "retired",
    PastedStatus.REFUSED: "failed",
}


class Pasted(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of its names, and the sealed paste that the next form gives back in place of the values."""

    env_vars: Sequence[PastedVar]
    kept: str

    @property
    def count(self) -> int:
        """How many would be set."""
        return sum(one.status in (PastedStatus.NEW, PastedStatus.REPLACED) for one in self.env_vars)

    def glyph(self, one: PastedVar) -> str:
        return GLYPHS[one.status]


def is_same_paste(text: str, kept: str) -> bool:
    """Whether they are the same lines: a browser ends lines in its own way when it sends a form, and a script in another."""
    return text.strip().splitlines() == kept.strip().splitlines()
