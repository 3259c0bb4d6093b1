"""A pasted `.env` as a page shows it before it is saved."""

from collections.abc import Sequence

import msgspec

from thakur.projects import PastedStatus, PastedVar

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
