"""Which hosts and addresses may be reached: pure."""

import ipaddress
from collections.abc import Sequence

from .stops import Stopped

# In THAKUR_GIT_HOSTS this word stands for every address of the public internet.
PUBLIC = "public"

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_named(host: str, hosts: Sequence[str]) -> bool:
    """Whether the operator named this host, or the domain that it is in (`*.example.com`)."""
    return any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in hosts)


def check_host(host: str, hosts: Sequence[str]) -> None:
    """Raises Stopped: host_refused; of a host that is an address also address_refused."""
    if is_named(host, hosts):
        return
    if PUBLIC not in hosts:
        raise Stopped("host_refused", host=host, hosts=", ".join(hosts))
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    check_address(host, host, hosts)


def check_address(host: str, address: str, hosts: Sequence[str]) -> None:
    """Raises Stopped, address_refused, unless the address is public or its host is named."""
    if not is_named(host, hosts) and not is_public(address):
        raise Stopped("address_refused", host=host, address=address)


def is_public(address: str) -> bool:
    """Whether it is a host's address on the public internet, also of one that is written inside an IPv6 address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in (found, *_inside(found)))


def _inside(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return [each for each in (address.sixtofour, last if address in _NAT64 else None) if each is not None]
