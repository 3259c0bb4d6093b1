"""Listening ports: proved free, opened once for each worker, and when one is taken, by whom."""

import contextlib
import errno
import socket
from collections.abc import Iterable
from pathlib import Path

from thakur.proxy.interface import AddressUnusable, PortTaken
from thakur.settings import Address

BACKLOG = 4096
OWNERS_SHOWN = 3
_LISTEN = "0A"


def prove_free(address: Address, setting: str) -> Address:
    """The address, with a port if it had none, on which nobody listens. Raises PortTaken, AddressUnusable.

    `setting` is the variable that a person would change.
    """
    # SO_REUSEPORT alone would join the port of any other process of this user, and share its visitors.
    try:
        with _bind(address, is_shared=False) as proof:
            return address_of(proof)
    except OSError as error:
        raise _refusal(address, setting, error) from error


def open_listeners(address: Address, count: int, setting: str = "THAKUR_HTTP") -> list[socket.socket]:
    """`count` sockets that share one port, which nobody held before. Raises PortTaken, AddressUnusable."""
    return join_listeners(prove_free(address, setting), count, setting)


def join_listeners(address: Address, count: int, setting: str = "THAKUR_HTTP") -> list[socket.socket]:
    """`count` more sockets on a port that is ours already. Raises PortTaken, AddressUnusable."""
    listeners: list[socket.socket] = []
    try:
        for _ in range(count):
            listeners.append(_bind(address, is_shared=True))
            listeners[-1].listen(BACKLOG)
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise _refusal(address, setting, error) from error
    return listeners


def address_of(listener: socket.socket) -> Address:
    """Where a socket listens."""
    host, port = listener.getsockname()[:2]
    return Address(host, port)


def owners_of(port: int) -> list[str]:
    """Who listens on a TCP port of this host, as `name (pid 12)`; empty when nobody does or it cannot be seen."""
    inodes = set(_listening_inodes(port))
    if not inodes:
        return []
    pids = sorted(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [f"{_name(pid)} (pid {pid})" for pid in pids if not inodes.isdisjoint(_sockets(pid))]


def _bind(address: Address, *, is_shared: bool) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((address.host, address.port))
    except OSError:
        bound.close()
        raise
    return bound


def _refusal(address: Address, setting: str, error: OSError) -> PortTaken | AddressUnusable:
    if error.errno == errno.EADDRINUSE:
        owners = owners_of(address.port)
        shown = ", ".join(owners[:OWNERS_SHOWN]) or "a process that this user cannot see"
        return PortTaken(
            f"Port {address.port} is taken by {shown}.", hint=f"Stop it, or set {setting} to another address."
        )
    if error.errno == errno.EACCES:
        hint = f"Ports below 1024 are root's: start as root, or set {setting} to a higher port."
    else:
        hint = f"Set {setting} to an address of this host."
    return AddressUnusable(f"{setting}={address} cannot be listened on: {error.strerror}", hint=hint)


def _listening_inodes(port: int) -> Iterable[str]:
    wanted = f"{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTEN and fields[1].endswith(f":{wanted}"):
                yield fields[9]


def _sockets(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(entry.readlink()).removeprefix("socket:[").removesuffix("]"))
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "a process"
