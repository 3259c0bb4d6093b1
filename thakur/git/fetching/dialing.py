"""Connecting: a name is resolved once, every address of it is checked, and a checked address is connected to."""

import base64
import socket
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from .addresses import check_address, check_host, is_named
from .stops import Stopped

CONNECT_SECONDS = 15.0
ANSWER_BYTES = 16 * 1024


class Dialer(NamedTuple):
    """Connects to hosts that may be reached.

    `env` may name the proxy of the place we run in; then names that cannot be resolved here are left to it.
    """

    hosts: Sequence[str]
    env: Mapping[str, str]

    def connect(self, host: str, port: int) -> socket.socket:
        """Raises Stopped: host_refused, address_refused, host_unknown, unreachable."""
        host = host.lower().rstrip(".")
        check_host(host, self.hosts)
        proxy = _proxy_for(host, self.env)
        addresses = self._resolved(host, port, is_needed=proxy is None)
        if proxy is not None:
            return _through(proxy, host, port)
        return _first(host, port, addresses)

    def _resolved(self, host: str, port: int, *, is_needed: bool) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            if is_needed:
                raise Stopped("host_unknown", host=host) from error
            return []
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        if not is_named(host, self.hosts):
            for address in addresses:
                check_address(host, address, self.hosts)
        return addresses


def _first(host: str, port: int, addresses: Sequence[str]) -> socket.socket:
    reason = ""
    for address in addresses:
        try:
            return socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError as error:
            reason = error.strerror or str(error)
    raise Stopped("unreachable", host=host, port=str(port), reason=reason)


def _proxy_for(host: str, env: Mapping[str, str]) -> str | None:
    proxy = env.get("https_proxy") or env.get("HTTPS_PROXY")
    excepted = [name.strip().lower() for name in (env.get("no_proxy") or env.get("NO_PROXY") or "").split(",")]
    is_excepted = any(name and (name == "*" or f".{host}".endswith(f".{name.lstrip('*.')}")) for name in excepted)
    return None if is_excepted else proxy


def _through(proxy: str, host: str, port: int) -> socket.socket:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    at = (parts.hostname or "", parts.port or 3128)
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    head = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        head.append(f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}")
    try:
        connection = socket.create_connection(at, CONNECT_SECONDS)
    except OSError as error:
        raise Stopped("proxy_unreachable", host=host, reason=error.strerror or str(error)) from error
    try:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        status = _status(connection)
    except OSError as error:
        connection.close()
        raise Stopped("proxy_unreachable", host=host, reason=str(error)) from error
    if status != "200":
        connection.close()
        raise Stopped("unreachable", host=host, port=str(port), reason=f"the proxy answered {status}")
    return connection


def _status(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < ANSWER_BYTES:
        # A byte at a time: what comes behind the head is not ours.
        byte = connection.recv(1)
        if not byte:
            break
        head += byte
    return [*head.split(b" ", 2), b"", b""][1].decode(errors="replace")[:3]
