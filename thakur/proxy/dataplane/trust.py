"""Proxies in front of this one: what they say of a visitor is passed on, what anybody else says is not."""

import ipaddress
import re

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_FOR = re.compile(rb"(?i)\r\nx-forwarded-for:[ \t]*+([^\r]*+)").findall
_PROTO = re.compile(rb"(?i)\r\nx-forwarded-proto:[ \t]*+([^\r]*+)").findall


def read_networks(texts: list[str]) -> tuple[Network, ...]:
    """The networks that a table names."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def is_trusted(address: bytes, networks: tuple[Network, ...]) -> bool:
    """Whether a connection from there is a proxy's of ours."""
    found = ipaddress.ip_address(address.decode())
    return any(found in network for network in networks)


def forwarded_by(block: bytes, address: bytes) -> bytes:
    """The X-Forwarded-* fields, up to the host's value, of a request that came through the proxy at `address`."""
    way = b", ".join([value for value in map(bytes.strip, _FOR(block)) if value] + [address])
    told = [value.strip().lower() for value in _PROTO(block)]
    proto = b"https" if told[-1:] == [b"https"] else b"http"
    return b"X-Forwarded-For: %b\r\nX-Forwarded-Proto: %b\r\nX-Forwarded-Host: " % (way, proto)
