"""What `serve` tells the person who started it: that it stands, where, and how they get in."""

import socket
from urllib.parse import urlsplit

from thakur.settings import PORTS, Settings


def standing(settings: Settings, stands: str) -> str:
    """That it `stands` as it is, every address, and what to type."""
    number, scheme = settings.front
    port = "" if number == PORTS[scheme] else f":{number}"
    return "\n".join(
        [
            f"Thakur Deploy {stands}.",
            f"  Applications  {scheme}://NAME.{settings.base_domain}{port} (the proxy listens on {settings.http})",
            f"  Dashboard     {settings.dashboard}{_tunnel(settings)}",
            "  Next          thakur deploy FOLDER, in another terminal",
        ]
    )


def owner_wanted(settings: Settings, secret: str) -> str:
    """The one-time link of a server that has no owner yet."""
    return f"  Sign in       {settings.dashboard}/login/link/{secret} (once, within 10 minutes: it makes the owner)"


def _tunnel(settings: Settings) -> str:
    if settings.public_url is not None or not settings.address.is_loopback:
        return ""
    port = urlsplit(settings.dashboard).port
    return f" (from elsewhere: ssh -L {port}:{settings.address} {socket.gethostname()})"
