"""The one way out for libgit2: it speaks to this relay on loopback, and the relay to the repository's server.

So each address is checked where it is connected to, also after a redirect, the credential never enters a library or a
configuration, and every failure has its own reason.
"""

import base64
import contextlib
import secrets
import threading
from collections.abc import Collection
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from .dialing import Dialer
from .stops import Stopped
from .urls import Url, parse
from .web import Connection

REDIRECTS = 5
REQUEST_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
HEADS = "/info/refs?service=git-upload-pack"
PACK = "/git-upload-pack"

_MOVED = (301, 302, 303, 307, 308)
_STOPS = {401: "credentials_refused", 403: "credentials_refused", 404: "repository_missing", 410: "repository_missing"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """That libgit2 went away is told by libgit2."""


class Relay:
    """Serves one repository while in its block; `url` is what libgit2 is told, with a word that nobody else knows.

    `stopped` is the first reason for which something was refused or broke off. `token` is `USER:TOKEN`, or empty.
    """

    def __init__(
        self, url: Url, token: str, dialer: Dialer, schemes: Collection[str], limit_bytes: int, stall_seconds: float
    ) -> None:
        self.stopped: Stopped | None = None
        self._url = url
        self._token = token
        self._dialer = dialer
        self._schemes = [scheme for scheme in schemes if scheme != "file"]
        self._limit_bytes = limit_bytes
        self._stall_seconds = stall_seconds
        self._received_bytes = 0
        self._prefix = f"/{secrets.token_hex(16)}"
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._prefix}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                relay.carry(self, None)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                relay.carry(self, self.rfile.read(min(length, REQUEST_BYTES)))

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        return Handler

    def carry(self, handler: BaseHTTPRequestHandler, body: bytes | None) -> None:
        """Ask the server what libgit2 asks, and hand over what it answers."""
        target = handler.path.removeprefix(self._prefix)
        if not handler.path.startswith(self._prefix) or target not in (HEADS, PACK):
            handler.send_error(404)
            return
        try:
            connection, answer = self._ask(target, body, handler.headers.get("Content-Type", ""))
        except Stopped as stopped:
            self.stopped = self.stopped or stopped
            handler.send_error(502)
            return
        with connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            handler.send_response(200)
            handler.send_header("Content-Type", answer.getheader("Content-Type", ""))
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            self._stream(connection, answer, handler)

    def _ask(self, target: str, body: bytes | None, kind: str) -> tuple[Connection, HTTPResponse]:
        for _ in range(REDIRECTS):
            connection = Connection(self._url, self._dialer, self._stall_seconds)
            try:
                answer = connection.ask(*self._request(target, body, kind))
                if answer.status not in _MOVED:
                    self._check(answer, target)
                    return connection, answer
                self._move(answer.getheader("Location", ""), target)
            except BaseException:
                connection.close()
                raise
            connection.close()
        raise Stopped("redirects", reason=f"There were more than {REDIRECTS}")

    def _request(self, target: str, body: bytes | None, kind: str) -> tuple[str, str, dict[str, str], bytes | None]:
        headers = {"User-Agent": "git/2 (thakur)", "Accept": "*/*"}
        if self._token:
            headers["Authorization"] = f"Basic {base64.b64encode(self._token.encode()).decode()}"
        if body is not None:
            headers["Content-Type"] = kind
        return "GET" if body is None else "POST", f"{self._url.path}{target}", headers, body

    def _move(self, location: str, target: str) -> None:
        # As git does: only the first question may be answered by a redirect, and it must lead to the same question.
        base = location.removesuffix(target)
        if target != HEADS or base == location:
            raise Stopped("redirects", reason=f"It leads to {location[:200]}")
        moved = self._url._replace(path=base) if base.startswith("/") else parse(base, self._schemes)
        if self._token and moved.origin != self._url.origin:
            raise Stopped("redirect_refused", host=moved.host)
        self._url = moved

    def _check(self, answer: HTTPResponse, target: str) -> None:
        if answer.status == 401 and not self._token:
            raise Stopped("credentials_needed")
        if answer.status in _STOPS:
            raise Stopped(_STOPS[answer.status])
        if answer.status != 200:
            raise Stopped("server_error", host=self._url.host, status=str(answer.status))
        if target == HEADS and "git-upload-pack" not in answer.getheader("Content-Type", ""):
            raise Stopped("no_repository", url=self._url.text)

    def _stream(self, connection: Connection, answer: HTTPResponse, handler: BaseHTTPRequestHandler) -> None:
        try:
            while chunk := answer.read1(CHUNK_BYTES):
                self._count(len(chunk))
                handler.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            handler.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            raise
        except Stopped as stopped:
            self._break_off(handler, stopped)
        except (OSError, ValueError) as error:
            self._break_off(handler, connection.stopped(error))

    def _count(self, size: int) -> None:
        self._received_bytes += size
        if self._received_bytes > self._limit_bytes:
            raise Stopped("too_many_bytes", limit=str(self._limit_bytes))

    def _break_off(self, handler: BaseHTTPRequestHandler, stopped: Stopped) -> None:
        # Without its last chunk the answer is no whole one, which libgit2 sees.
        self.stopped = self.stopped or stopped
        handler.close_connection = True
