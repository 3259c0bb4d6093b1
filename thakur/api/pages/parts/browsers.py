"""What a browser says that it is, as a person calls it."""

import re

# The first that matches: most of them claim to be others too.
_NAMES = (
    ("Edg(?:e|A|iOS)?/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("Chrom(?:e|ium)/|CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("^curl/", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X|Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux|X11", "Linux"),
)


def browser(user_agent: str) -> str:
    """`Firefox on Linux`; the first word of what nobody knows."""
    name, system = _first(_NAMES, user_agent), _first(_SYSTEMS, user_agent)
    if name and system:
        return f"{name} on {system}"
    return name or user_agent.partition(" ")[0][:40] or "An unknown browser"


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, text)), "")
