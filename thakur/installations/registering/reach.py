"""Whether a GitHub can reach an address of this server, as far as the address tells. Pure."""

import ipaddress
from urllib.parse import urlsplit

import msgspec

HOOK = "/webhooks/github"
# Names that no public name server knows.
HERE_ONLY = ("localhost", "local", "internal", "home.arpa", "lan", "test", "example", "invalid")
# Formally public, as GitHub wants it, and nobody's for ever: what is sent there reaches nobody, and stays in GitHub's log.
PULL_HOOK_URL = "https://thakur.invalid/webhooks/github"


class Here(msgspec.Struct, frozen=True):
    """Where the dashboard is: as everybody reaches it, if that was said, and as people find it at all.

    `pulls` says that what happened is read from GitHub's log.
    """

    public_url: str | None
    base_url: str
    pulls: bool = False

    def hook_url(self, web_url: str) -> str:
        """Where that GitHub is to send its events: here or, if its log is read, to nobody; empty when nothing is known."""
        if _is_loopback(_host(web_url)):
            return self.base_url + HOOK
        if self.pulls:
            return PULL_HOOK_URL
        return self.public_url + HOOK if self.public_url else ""


def unreachable(here: Here, web_url: str) -> str:
    """Why the GitHub at `web_url` cannot send anything here, as a sentence; empty when it can."""
    if _is_loopback(_host(web_url)):
        return ""
    if here.public_url is None:
        return "This server has no public URL: nobody but this host itself knows it."
    host = _host(here.public_url)
    if _is_loopback(host):
        return f"{host} is each computer's own name for itself: on GitHub's it is GitHub."
    if not _is_public_site(web_url):
        # An Enterprise Server may well be in the same private network.
        return ""
    if host.rpartition(".")[2] in HERE_ONLY or host.endswith(".home.arpa") or "." not in host.strip("[]"):
        return f"{host} is a name that only your own network knows."
    try:
        is_private = not ipaddress.ip_address(host).is_global
    except ValueError:
        return ""
    return f"{host} is an address of a private network." if is_private else ""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _is_public_site(web_url: str) -> bool:
    host = _host(web_url)
    return host == "github.com" or host.endswith(".ghe.com")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
