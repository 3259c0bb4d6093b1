"""Connections to a server, and why there is none."""

import os
import socket
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from thakur.cli.interface import ServerAbsent, SocketClosed
from thakur.settings import ClientSettings

CONNECT_SECONDS = 10.0


def where(settings: ClientSettings) -> str:
    """The server, for a person."""
    return settings.api_url or f"the server on {settings.data_dir}"


def open_connection(settings: ClientSettings, within_seconds: float) -> HTTPConnection:
    """An open connection whose reads wait at most `within_seconds`. Raises ServerAbsent, SocketClosed."""
    connection = _remote(settings.api_url) if settings.api_url else _LocalConnection(_local_socket(settings.data_dir))
    try:
        connection.connect()
    except OSError as error:
        connection.close()
        raise _absence(settings, error) from error
    assert connection.sock
    connection.sock.settimeout(within_seconds)
    return connection


def _local_socket(data_dir: Path) -> Path:
    return data_dir / "run" / "local.sock"


def _remote(url: str) -> HTTPConnection:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=CONNECT_SECONDS)


class _LocalConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=CONNECT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CONNECT_SECONDS)
        # A socket's address holds 107 bytes: the directory's descriptor makes any path short.
        directory = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.sock.connect(f"/proc/self/fd/{directory}/{self._path.name}")
        finally:
            os.close(directory)


def _absence(settings: ClientSettings, error: OSError) -> ServerAbsent | SocketClosed:
    if settings.api_url:
        return ServerAbsent(
            f"{settings.api_url} cannot be reached: {error.strerror or error}",
            hint="Is that the dashboard's address, and does thakur serve run there? It comes from THAKUR_API_URL, else from"
            " thakur login URL; thakur logout forgets it.",
        )
    if isinstance(error, PermissionError):
        return SocketClosed(
            f"You may not open the local socket of the server on {settings.data_dir}",
            hint="Run this as root or as the server's own user, or set THAKUR_API_URL and THAKUR_TOKEN.",
        )
    return ServerAbsent(
        f"No server runs on {settings.data_dir}",
        hint="Start one with: thakur serve, or name another server's directory in THAKUR_DATA_DIR.",
    )
