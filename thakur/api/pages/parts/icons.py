"""Icons: one sprite a page, with the symbols that it uses."""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

FILE = Path(__file__).parents[3] / "templates" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z-]+)"[^>]*>.*?</symbol>')
# A live page may come to show any of them.
_STATUS = "s-"


class Sprite:
    """The symbols that one page has named so far."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def icon(self, name: str) -> Markup:
        """The icon, drawn from the sprite; it says nothing to who cannot see it."""
        _symbols()[name]  # a name without a symbol is a mistake of the template's
        self._used.add(name)
        return Markup('<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><use href="#{}"/></svg>').format(name)

    def glyph(self, status: str) -> Markup:
        """A status's shape, without its word."""
        name = f"{_STATUS}{status}"
        if name not in _symbols():
            name = f"{_STATUS}waiting"
        return Markup('<svg viewBox="0 0 16 16" aria-hidden="true"><use href="#{}"/></svg>').format(name)

    def sprite(self) -> Markup:
        """The symbols, for the end of the page."""
        symbols = _symbols()
        wanted = sorted(self._used | {name for name in symbols if name.startswith(_STATUS)})
        return Markup("<svg hidden>{}</svg>").format(Markup("").join(symbols[name] for name in wanted))


@cache
def _symbols() -> dict[str, Markup]:
    # The file is ours: its markup is not escaped.
    return {found[1]: Markup(found[0]) for found in _SYMBOL.finditer(FILE.read_text())}  # noqa: S704
