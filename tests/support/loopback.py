"""The guard against the outside world: a test talks to this machine only."""

import ipaddress
import socket
from typing import Any

import pytest


class OutsideWorld(Exception):
    """A test tried to reach another machine."""


def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave this machine."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))


def _guarded(connect: Any) -> Any:
    def connect_nearby(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_nearby(address[0]):
            raise OutsideWorld(f"a test connects to {address}")
        return connect(self, address)

    return connect_nearby


def _is_nearby(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
