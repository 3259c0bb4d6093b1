"""Ports for replicas: proved free, and given to one replica at a time."""

import errno
import random
import socket
from pathlib import Path

from thakur.builds import Failure
from thakur.runtime.interface import DeploymentRefused

FIRST_PORT = 20_000
LAST_PORT = 29_999
# The kernel takes the near end of outgoing connections from this range: a listener there can find its port taken.
EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")

_ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))


class Ports:
    """The ports of one edge. What was given out is not given again before it was released."""

    def __init__(self, candidates: range | None = None) -> None:
        self._candidates = candidates or range(FIRST_PORT, LAST_PORT + 1)
        # A port that was just released is the last to be used again, and two servers on a host start apart.
        self._next = random.randrange(len(self._candidates))  # noqa: S311  (a spread, not a secret)
        self._given: set[int] = set()

    def take(self) -> int:
        """A port that nothing on this host listens on. Raises DeploymentRefused when there is none."""
        ephemeral = _ephemeral()
        for _ in range(len(self._candidates)):
            port = self._candidates[self._next]
            self._next = (self._next + 1) % len(self._candidates)
            if port not in self._given and port not in ephemeral and _is_free(port):
                self._given.add(port)
                return port
        raise DeploymentRefused(
            Failure(
                code="ports_exhausted",
                what="This host has no free port for another replica.",
                why=f"Every port from {self._candidates[0]} to {self._candidates[-1]} is taken.",
                next="Remove projects that are no longer needed, or add an edge.",
            ),
        )

    def claim(self, port: int) -> None:
        """This port was given out by an earlier edge."""
        self._given.add(port)

    def release(self, port: int) -> None:
        """The port may be given out again. May be called twice."""
        self._given.discard(port)


def _ephemeral() -> range:
    try:
        low, high = EPHEMERAL_RANGE.read_text().split()
    except OSError:
        return range(0)
    return range(int(low), int(high) + 1)


def _is_free(port: int) -> bool:
    return all(_can_bind(family, host, port) for family, host in _ADDRESSES)


def _can_bind(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as candidate:
            if family == socket.AF_INET6:
                candidate.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # Neither SO_REUSEADDR nor SO_REUSEPORT: either would let us in beside a listener of another's.
            candidate.bind((host, port))
    except OSError as error:
        # A host without IPv6 has nobody listening there.
        return family == socket.AF_INET6 and error.errno != errno.EADDRINUSE
    return True
