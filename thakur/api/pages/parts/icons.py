"""Icons: one sprite a page. It has every symbol, for what a live page is sent later may name any of them."""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

FILE = Path(__file__).parents[3] / "templates" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z-]+)"[^>]*>.*?</symbol>')
_STATUS = "s-"


def icon(name: str) -> Markup:
    """The icon, drawn from the sprite; it says nothing to who cannot see it."""
    _symbols()[name]  # a name without a symbol is a mistake of the template's
    return Markup('<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><use href="#{}"/></svg>').format(name)


def glyph(status: str) -> Markup:
    """A status's shape, without its word."""
    name = f"{_STATUS}{status}"
    if name not in _symbols():
        name = f"{_STATUS}waiting"
    return Markup('<svg viewBox="0 0 16 16" aria-hidden="true"><use href="#{}"/></svg>').format(name)


@cache
def sprite() -> Markup:
    """The symbols, for the end of the page."""
    return Markup("<svg hidden>{}</svg>").format(Markup("").join(_symbols().values()))


@cache
def _symbols() -> dict[str, Markup]:
    # The file is ours: its markup is not escaped.
    return {found[1]: Markup(found[0]) for found in _SYMBOL.finditer(FILE.read_text())}  # noqa: S704
