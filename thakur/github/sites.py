"""Where a GitHub is: github.com, a company's own at ghe.com, or an Enterprise Server. Pure."""

import ipaddress
import re
from urllib.parse import urlsplit

import msgspec

GITHUB = "https://github.com"
# A repository's name as it may stand in a path; nothing else is ever made a part of one.
FULL_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


class Site(msgspec.Struct, frozen=True):
    """A GitHub by its two addresses: what people open, and what programs ask."""

    web_url: str = GITHUB
    api_url: str = "https://api.github.com"

    def repository_url(self, full_name: str) -> str:
        """What git is told."""
        return f"{self.web_url}/{full_name}"


def site_of(web_url: str = "", api_url: str = "") -> Site | str:
    """The site, with its API where that GitHub has it; or the name of the argument that is no such address."""
    web = _bare(web_url or GITHUB, with_path=False)
    if web is None:
        return "url"
    api = _bare(api_url, with_path=True) if api_url else _api_of(web)
    return "api_url" if api is None else Site(web, api)


def _api_of(web: str) -> str:
    scheme, _, host = web.partition("://")
    if web == GITHUB or host.endswith(".ghe.com"):
        return f"{scheme}://api.{host}"
    return f"{web}/api/v3"


def _bare(url: str, *, with_path: bool) -> str | None:
    # Tokens go there, so nothing is sent in the clear but to this host itself.
    try:
        parts = urlsplit(url.strip().rstrip("/"))
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if not is_safe or not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]+", host) or parts.query or parts.fragment:
        return None
    if "@" in parts.netloc or (parts.path and not (with_path and re.fullmatch(r"(?:/[A-Za-z0-9._-]+)+", parts.path))):
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
