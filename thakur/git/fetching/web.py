"""One HTTP request to a host that may be reached, over TLS that is verified, with the reason when it fails."""

import http.client
import socket
import ssl
from typing import Self

from .dialing import Dialer
from .stops import Stopped
from .urls import Url


class Connection(http.client.HTTPConnection):
    """To the host of `url`; nothing is followed and nothing is kept. `stall_seconds` is how long nothing may come."""

    def __init__(self, url: Url, dialer: Dialer, stall_seconds: float) -> None:
        super().__init__(url.host, url.port, timeout=stall_seconds)
        if url.scheme == "https":
            # Else the port would stand in the Host of every request.
            self.default_port = http.client.HTTPS_PORT
        self.url = url
        self._dialer = dialer
        self._stall_seconds = stall_seconds

    def connect(self) -> None:
        """Raises Stopped."""
        self.sock = self._dialer.connect(self.url.host, self.url.port)
        self.sock.settimeout(self._stall_seconds)
        if self.url.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.url.host)

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes | None) -> http.client.HTTPResponse:
        """Raises Stopped."""
        try:
            self.request(method, target, body=body, headers=headers)
            return self.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self.stopped(error) from error

    def stopped(self, error: Exception) -> Stopped:
        """Why the connection failed."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return Stopped("tls", host=self.url.host, reason=error.verify_message)
        if isinstance(error, ssl.SSLError):
            return Stopped("tls_broken", host=self.url.host, reason=error.reason or str(error))
        if isinstance(error, socket.timeout):
            return Stopped("no_progress", seconds=f"{self._stall_seconds:.0f}")
        reason = str(error) or type(error).__name__
        return Stopped("unreachable", host=self.url.host, port=str(self.url.port), reason=reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
