"""Ways in through GitHub: a button for each App, told apart by where its GitHub is and, if need be, by its own name. Pure."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

import msgspec

from thakur.github import GITHUB
from thakur.installations import SignInApp

# It goes to GitHub and back in a cookie.
LONGEST_PATH = 1000


class WayIn(msgspec.Struct, frozen=True):
    """A button: what stands on it, and where it leads."""

    app: int
    name: str
    url: str


def ways_in(apps: Sequence[SignInApp], there: str = "") -> list[WayIn]:
    """The buttons of these Apps; `there` is where somebody wanted to go."""
    next_part = f"&next={quote(there, safe='')}" if 0 < len(there) <= LONGEST_PATH else ""
    return [WayIn(each.app, name, f"/login/github?app={each.app}{next_part}") for each, name in names(apps)]


def names(apps: Sequence[SignInApp]) -> list[tuple[SignInApp, str]]:
    """What each is called where people choose."""
    alike = Counter(each.web_url for each in apps)
    return [
        (each, f"{_site(each.web_url)} ({each.slug})" if alike[each.web_url] > 1 else _site(each.web_url))
        for each in apps
    ]


def _site(web_url: str) -> str:
    return "GitHub" if web_url == GITHUB else f"GitHub at {urlsplit(web_url).netloc}"
