"""Where a request comes from and how safe its way was. Decides from headers that are believed from few, asks nothing."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from thakur.settings import Network

# A cookie of this name is kept only if it came over https, for exactly this host.
SAFE_COOKIE = "__Host-thakur_session"
# Safari drops the safe one where there is no https, which is right on loopback only.
LOOPBACK_COOKIE = "thakur_session"


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a listener knows of whoever comes in: that only loopback can, or only Thakur's own proxy."""

    is_loopback: bool = False
    is_proxy_only: bool = False
    trusted: tuple[Network, ...] = ()
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request's address and way."""

    address: str
    is_https: bool
    is_loopback: bool

    @property
    def may_sign_in(self) -> bool:
        """Whether nobody between here and there reads along."""
        return self.is_https or self.is_loopback

    @property
    def cookie(self) -> str:
        return SAFE_COOKIE if self.is_https else LOOPBACK_COOKIE


def arrival_of(peer: str, scheme: str, headers: Mapping[str, str], entrance: Entrance) -> Arrival:
    """The facts of a request from `peer`. X-Forwarded fields count when they come from who is trusted to send them."""
    way = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    is_believed = entrance.is_proxy_only or _is_trusted(peer, entrance.trusted)
    if not is_believed:
        return Arrival(peer, scheme == "https", entrance.is_loopback)
    address = way.pop() if way else peer
    while way and _is_trusted(address, entrance.trusted):
        address = way.pop()
    is_https = headers.get("x-forwarded-proto", scheme).strip().lower() == "https"
    # What comes through a proxy comes from anywhere, wherever the proxy itself stands.
    return Arrival(_plain(address), is_https, is_loopback=False)


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in trusted)


def _plain(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
