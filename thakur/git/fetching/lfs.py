"""Git LFS: pointers found, and their objects fetched through the batch API."""

import base64
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .dialing import Dialer
from .stops import Stopped
from .urls import Url, parse
from .web import Connection

POINTER_BYTES = 1024
ANSWER_BYTES = 16 * 1024 * 1024
BATCH = 100
CHUNK_BYTES = 1024 * 1024
_TYPE = "application/vnd.git-lfs+json"

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n"
)


class Pointer(NamedTuple):
    """What stands in a repository for a large file."""

    id: str
    size_bytes: int


def pointer_of(content: bytes) -> Pointer | None:
    """The pointer that a small file's content is."""
    found = _POINTER.fullmatch(content)
    return Pointer(found[1].decode(), int(found[2])) if found else None


class Store:
    """The LFS objects of one repository. The credential goes to the repository's own host and nowhere else."""

    def __init__(self, url: Url, token: str, dialer: Dialer, schemes: Collection[str], stall_seconds: float) -> None:
        self._url = url
        self._token = token
        self._dialer = dialer
        self._schemes = schemes
        self._stall_seconds = stall_seconds

    def fetch(self, pointers: Sequence[Pointer], directory: Path) -> None:
        """Each that the server has as a file named by its id; such a file is whole. Raises Stopped."""
        unique = list(dict.fromkeys(pointers))
        for start in range(0, len(unique), BATCH):
            part = unique[start : start + BATCH]
            actions = self._ask(part)
            for pointer in part:
                if (action := actions.get(pointer.id)) is not None:
                    self._download(pointer, action, directory / pointer.id)

    def _ask(self, pointers: Sequence[Pointer]) -> dict[str, dict[str, Any]]:
        path = self._url.path if self._url.path.endswith(".git") else f"{self._url.path}.git"
        asked = {
            "operation": "download",
            "transfers": ["basic"],
            "objects": [{"oid": pointer.id, "size": pointer.size_bytes} for pointer in pointers],
        }
        headers = {"Accept": _TYPE, "Content-Type": _TYPE}
        if self._token:
            headers["Authorization"] = f"Basic {base64.b64encode(self._token.encode()).decode()}"
        url = self._url._replace(path=f"{path}/info/lfs/objects/batch")
        with self._open(url) as connection:
            answer = _answer(connection, "POST", url.path, headers, json.dumps(asked).encode())
            try:
                objects = json.loads(answer.read(ANSWER_BYTES))["objects"]
                return {each["oid"]: each["actions"]["download"] for each in objects if "actions" in each}
            except (ValueError, LookupError, TypeError) as error:
                raise Stopped("lfs", reason="its answer is no batch of objects") from error

    def _download(self, pointer: Pointer, action: dict[str, Any], target: Path) -> None:
        href = str(action.get("href"))
        # Signed addresses carry a query, which a repository's URL may not.
        url = parse(href.partition("?")[0], [scheme for scheme in self._schemes if scheme != "file"])
        query = urlsplit(href).query
        headers = {str(name): str(value) for name, value in (action.get("header") or {}).items()}
        digest, size_bytes = hashlib.sha256(), 0
        partial = target.with_suffix(".partial")
        with self._open(url) as connection, partial.open("wb") as file:
            answer = _answer(connection, "GET", f"{url.path}?{query}" if query else url.path, headers)
            for chunk in _chunks(connection, answer):
                size_bytes += len(chunk)
                if size_bytes > pointer.size_bytes:
                    break
                digest.update(chunk)
                file.write(chunk)
        if (size_bytes, digest.hexdigest()) != (pointer.size_bytes, pointer.id):
            raise Stopped("lfs_content", object=pointer.id[:12])
        partial.rename(target)

    def _open(self, url: Url) -> Connection:
        return Connection(url, self._dialer, self._stall_seconds)


def _answer(
    connection: Connection, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> HTTPResponse:
    answer = connection.ask(method, path, headers, body)
    if answer.status != 200:
        raise Stopped("lfs", reason=f"{connection.host} answered {answer.status}")
    return answer


def _chunks(connection: Connection, answer: HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := answer.read(CHUNK_BYTES):
            yield chunk
    except (OSError, HTTPException) as error:
        raise connection.stopped(error) from error
