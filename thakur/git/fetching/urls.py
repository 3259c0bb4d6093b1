"""The grammar of git URLs: pure."""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

from .stops import Stopped

LONGEST = 2000
# What this program can fetch from; which of them may be used is the operator's word.
SUPPORTED = ("https", "http", "file")
PORTS = {"https": 443, "http": 80}

_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w-]+(?:\.[\w-]+)+):(?!//)(?P<path>\S+)|\w+@(?P<short>[\w-]+):(?P<rest>\S+)")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*|\[[0-9a-f:.]+\]")
_PLAIN = re.compile(r"[!-~]+")


class Url(NamedTuple):
    """Where a repository is. `host` is lower case and without brackets; `port` is the scheme's own if none is named."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def text(self) -> str:
        if self.scheme == "file":
            return f"file://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def name(self) -> str:
        """The last part of the path, as a folder of that repository would be called."""
        return self.path.rstrip("/").rpartition("/")[2].removesuffix(".git")


def parse(text: str, schemes: Collection[str]) -> Url:
    """Raises Stopped: url_malformed, url_scp, url_scheme, url_credentials."""
    if not text or len(text) > LONGEST or not _PLAIN.fullmatch(text) or text.startswith("-") or "\\" in text:
        raise Stopped("url_malformed", url=text[:200])
    if "://" not in text:
        raise _without_scheme(text)
    scheme = text.partition("://")[0].lower()
    if scheme not in schemes or scheme not in SUPPORTED:
        raise Stopped("url_scheme", scheme=scheme[:40], schemes=", ".join(schemes))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Stopped("url_malformed", url=text[:200]) from error
    if "@" in parts.netloc:
        # Not quoted: it holds what is left of a password.
        raise Stopped("url_credentials", url=f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
    path = parts.path.rstrip("/")
    if parts.query or parts.fragment or not path or ".." in path.split("/") or "//" in path:
        raise Stopped("url_malformed", url=text[:200])
    if scheme == "file":
        if parts.netloc:
            raise Stopped("url_malformed", url=text[:200])
        return Url(scheme, "", 0, path)
    host = parts.netloc.lower().removesuffix("" if port is None else f":{port}").removesuffix(":").removesuffix(".")
    if not _HOST.fullmatch(host) or port == 0:
        raise Stopped("url_malformed", url=text[:200])
    return Url(scheme, host.strip("[]"), port or PORTS[scheme], path)


def _without_scheme(text: str) -> Stopped:
    found = _SCP.fullmatch(text)
    if found is None:
        return Stopped("url_malformed", url=text[:200])
    host, path = found["host"] or found["short"], found["path"] or found["rest"]
    return Stopped("url_scp", url=text[:200], instead=f"https://{host}/{path.lstrip('/')}")
