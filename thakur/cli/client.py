"""The way to a server's API: over its local socket, or over the URL and token in the environment."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Event
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from thakur.cli.connections import open_connection, where
from thakur.cli.interface import AnswerUnreadable, ConnectionBroke, Refused
from thakur.settings import ClientSettings

ANSWER_SECONDS = 60.0
UPLOAD_SECONDS = 300.0
# Three pings of the server.
SILENT_STREAM_SECONDS = 45.0
REPEAT_AFTER_SECONDS = (0.2, 1.0, 3.0)
UNDER_WAY = "request_under_way"
ROOT = "/api/v1"


class Client:
    """One person's questions to one server, a connection each."""

    def __init__(self, settings: ClientSettings) -> None:
        self._settings = settings

    def get(self, path: str, **query: object) -> Any:
        return self._ask("GET", _with_query(path, query))

    def post(self, path: str, body: object = None) -> Any:
        """Ask for it once: when the connection breaks, the same request is sent again under the same key."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        for pause_seconds in REPEAT_AFTER_SECONDS:
            try:
                return self._ask("POST", path, body=json.dumps(body).encode(), headers=headers)
            except ConnectionBroke:
                Event().wait(pause_seconds)
            except Refused as error:
                if error.problem.get("code") != UNDER_WAY:
                    raise
                Event().wait(pause_seconds)
        return self._ask("POST", path, body=json.dumps(body).encode(), headers=headers)

    def patch(self, path: str, body: object) -> Any:
        return self._ask("PATCH", path, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    def put(self, path: str, body: object, **query: object) -> Any:
        path = _with_query(path, query)
        return self._ask("PUT", path, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    def delete(self, path: str, **query: object) -> Any:
        return self._ask("DELETE", _with_query(path, query))

    def upload(self, path: str, chunks: Iterable[bytes], **query: object) -> Any:
        """Send a body whose length nobody knows yet."""
        headers = {"Content-Type": "application/zstd", "Transfer-Encoding": "chunked"}
        return self._ask("POST", _with_query(path, query), body=chunks, headers=headers, within_seconds=UPLOAD_SECONDS)

    @contextmanager
    def stream(self, path: str, headers: dict[str, str]) -> Iterator[HTTPResponse]:
        """A response that is read while it comes. Raises OSError and HTTPException when it breaks."""
        connection = open_connection(self._settings, SILENT_STREAM_SECONDS)
        try:
            connection.request("GET", self._path(path), headers=self._headers(headers))
            response = connection.getresponse()
            if response.status != 200:
                raise self._refusal(response)
            yield response
        finally:
            connection.close()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        within_seconds: float = ANSWER_SECONDS,
    ) -> Any:
        connection = open_connection(self._settings, within_seconds)
        try:
            response = self._exchange(connection, method, path, body, self._headers(headers or {}))
            if response.status >= 300:
                raise self._refusal(response)
            return json.loads(response.read())
        except ValueError as error:
            raise self._unreadable("no JSON") from error
        except (OSError, HTTPException) as error:
            raise ConnectionBroke(
                f"The connection to {where(self._settings)} broke: {error or 'it was closed'}"
            ) from error
        finally:
            connection.close()

    def _exchange(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None,
        headers: dict[str, str],
    ) -> HTTPResponse:
        try:
            connection.request(
                method, self._path(path), body=body, headers=headers, encode_chunked="Transfer-Encoding" in headers
            )
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses an upload answers before it has read all of it.
            return connection.getresponse()
        return connection.getresponse()

    def _path(self, path: str) -> str:
        prefix = (self._settings.api_url or "").partition("://")[2].partition("/")[2].strip("/")
        return f"/{prefix}{ROOT}/{path}" if prefix else f"{ROOT}/{path}"

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        if self._settings.api_url and self._settings.token:
            headers = headers | {"Authorization": f"Bearer {self._settings.token}"}
        return headers | {"User-Agent": "thakur"}

    def _refusal(self, response: HTTPResponse) -> Refused | AnswerUnreadable:
        try:
            problem = json.loads(response.read())
            assert isinstance(problem, dict)
            assert problem["detail"]
        except (OSError, HTTPException, ValueError, LookupError, AssertionError):
            return self._unreadable(f"status {response.status}")
        return Refused(problem)

    def _unreadable(self, reason: str) -> AnswerUnreadable:
        return AnswerUnreadable(
            f"{where(self._settings)} does not answer as Thakur's API does: {reason}",
            hint="Check THAKUR_API_URL: it is the address of the dashboard and the API.",
        )


def _with_query(path: str, query: dict[str, object]) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
