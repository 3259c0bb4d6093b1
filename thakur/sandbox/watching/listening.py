"""Who listens where: the sockets of processes, and which of them the kernel gives a connection to."""

import contextlib
import ipaddress
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

LISTEN = "0A"
ANY = IPv4Address(0)
WORD_BYTES = 4


@dataclass(frozen=True, slots=True)
class Listener:
    """One listening socket. An IPv4 address in IPv6's clothes is the IPv4 address."""

    address: IPv4Address | IPv6Address
    port: int
    inode: str


def listening_ports(pids: Iterable[int]) -> frozenset[int]:
    """The TCP ports with a listening socket that one of `pids` holds, in their network namespace."""
    return frozenset(
        listener.port for listeners, held in _networks(pids) for listener in listeners if listener.inode in held
    )


def is_reached(pids: Iterable[int], host: str, port: int) -> bool:
    """Whether every connection to that IPv4 address comes to a socket that one of `pids` holds."""
    for listeners, held in _networks(pids):
        called = _called(listeners, IPv4Address(host), port)
        if called and called <= held:
            return True
    return False


def _called(listeners: Iterable[Listener], host: IPv4Address, port: int) -> set[str]:
    # The most particular address gets the connection; sockets that share it take turns. `::` takes IPv4 too, unless it was
    # told not to, and then nobody answers.
    for address in (host, ANY, IPv6Address(0)):
        if found := {each.inode for each in listeners if (each.address, each.port) == (address, port)}:
            return found
    return set()


def _networks(pids: Iterable[int]) -> Iterator[tuple[list[Listener], set[str]]]:
    pids = list(pids)
    held = {inode for pid in pids for inode in _sockets(pid)}
    tables = {network: pid for pid in pids if (network := _network(pid))}
    for pid in tables.values():
        yield list(_listeners(pid)), held


def _sockets(pid: int) -> Iterator[str]:
    try:
        names = os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208  (names, not paths)
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError):
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{name}"))  # noqa: PTH115  (no path)
            if found:
                yield found[1]


def _network(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/ns/net")  # noqa: PTH115  (no path)
    except OSError:
        return None


def _listeners(pid: int) -> Iterator[Listener]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError), Path(f"/proc/{pid}/net/{table}").open() as lines:
            next(lines)
            for line in lines:
                fields = line.split()
                # The kernel tells of listeners first. What follows may be tens of thousands of connections, most of them over.
                if fields[3] != LISTEN:
                    break
                address, _, port = fields[1].rpartition(":")
                yield Listener(_address(address), int(port, 16), fields[9])


def _address(text: str) -> IPv4Address | IPv6Address:
    # The kernel prints words of 4 bytes, each in the host's own order, which is little-endian on what is supported.
    words = bytes.fromhex(text)
    packed = b"".join(words[at : at + WORD_BYTES][::-1] for at in range(0, len(words), WORD_BYTES))
    address = ipaddress.ip_address(packed)
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
