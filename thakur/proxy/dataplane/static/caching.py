"""For how long a browser may keep a file without asking."""

from thakur.proxy.dataplane.static.hashed import is_hashed

REVALIDATED = "public, max-age=0, must-revalidate"
IMMUTABLE = "public, max-age=31536000, immutable"


def cache_control(name: str) -> str:
    """For ever when its name changes with its content; everything else is asked for each time."""
    return IMMUTABLE if is_hashed(name) else REVALIDATED
