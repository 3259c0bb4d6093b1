"""What `serve` tells the person who started it: that it stands, where, and how they get in."""

import socket
from urllib.parse import urlsplit

from thakur.settings import Settings


def standing(settings: Settings, stands: str) -> str:
    """One line: `stands` as it is, with every address."""
    return (
        f"Thakur Deploy {stands}. Applications: http://*.{settings.base_domain} on {settings.http}. "
        f"Dashboard and API: {settings.dashboard}{_tunnel(settings)}. "
        "Deploy a folder with: thakur deploy PATH --project NAME"
    )


def owner_wanted(settings: Settings, secret: str) -> str:
    """The one-time link of a server that has no owner yet."""
    return f"Become the owner, once, within 10 minutes: {settings.dashboard}/login/link/{secret}"


def _tunnel(settings: Settings) -> str:
    if settings.public_url is not None or not settings.address.is_loopback:
        return ""
    port = urlsplit(settings.dashboard).port
    return f" (from elsewhere: ssh -L {port}:{settings.address} {socket.gethostname()})"
