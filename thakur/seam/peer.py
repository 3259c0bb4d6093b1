"""The other side of the seam: one address, one key, one pool of connections; the only file that knows aiohttp."""

import io
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from thakur.seam.interface import RETRY_SECONDS, VERSION, VERSION_HEADER, PeerAbsent, PeerFailed, SeamBroken
from thakur.seam.signing import Key

CONNECTIONS = 256
LARGE_BYTES = 256 * 1024
LONGEST_SOCKET_PATH_BYTES = 107

_TOO_LATE = (aiohttp.ClientError, OSError, EOFError)


class Peer:
    """Where another role listens: a unix socket's path, or an http(s) address without a path.

    A call that may be repeated is repeated for `retry_seconds` after it first failed.
    """

    def __init__(self, where: Path | str, key: Key, retry_seconds: float = RETRY_SECONDS) -> None:
        self.where = where
        self.key = key
        self.retry_seconds = retry_seconds
        self._base = where if isinstance(where, str) else "http://seam"
        self._session: aiohttp.ClientSession | None = None
        self._directory = -1

    async def post(self, path: str, headers: dict[str, str], body: bytes | AsyncIterator[bytes]) -> "Answer":
        """Send a call; returns when the answer begins. Raises PeerAbsent, SeamBroken."""
        headers = headers | {"content-type": "application/x-msgpack", VERSION_HEADER: VERSION}
        try:
            response = await self._open().post(
                self._base + path,
                # aiohttp warns of large bytes, and sends a file of them in pieces.
                data=io.BytesIO(body) if isinstance(body, bytes) and len(body) > LARGE_BYTES else body,
                headers=headers,
                allow_redirects=False,
            )
        except (aiohttp.ClientConnectorError, FileNotFoundError) as error:
            raise PeerAbsent(f"Nobody listens on {self.where}", hint="Start the role that does.") from error
        except _TOO_LATE as error:
            raise SeamBroken(f"The way to {self.where} broke before an answer came") from error
        if (spoken := response.headers.get(VERSION_HEADER)) != VERSION:
            response.close()
            raise SeamBroken(
                f"What answers on {self.where} speaks {spoken or 'no seam'}, this side {VERSION}",
                hint="Upgrade every role to the same version.",
            )
        return Answer(response, self.where)

    async def close(self) -> None:
        """Close every connection; a later call opens new ones. May be called twice."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._directory >= 0:
            os.close(self._directory)
            self._directory = -1

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector(),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    def _connector(self) -> aiohttp.BaseConnector:
        if isinstance(self.where, str):
            return aiohttp.TCPConnector(limit=CONNECTIONS)
        path = self.where
        if len(os.fsencode(path)) > LONGEST_SOCKET_PATH_BYTES:
            # A socket's address is short: the directory's descriptor makes any path short.
            self._directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            path = Path(f"/proc/self/fd/{self._directory}/{path.name}")
        return aiohttp.UnixConnector(str(path), limit=CONNECTIONS)


class Answer:
    """What came back, read as it is needed. Closing it early cancels the call on the other side."""

    def __init__(self, response: aiohttp.ClientResponse, where: Path | str) -> None:
        self.status = response.status
        self._response = response
        self._where = where

    async def read(self, at_most_bytes: int) -> bytes:
        """Read all of it. Raises SeamBroken, PeerFailed."""
        received = bytearray()
        try:
            async for chunk in self._response.content.iter_any():
                received += chunk
                if len(received) > at_most_bytes:
                    raise PeerFailed(f"The answer has more than {at_most_bytes} bytes")
        except _TOO_LATE as error:
            raise self._cut() from error
        return bytes(received)

    async def exactly(self, count_bytes: int) -> bytes:
        """Read the next bytes. Raises SeamBroken when it ends before them."""
        try:
            return await self._response.content.readexactly(count_bytes)
        except _TOO_LATE as error:
            raise self._cut() from error

    async def finish(self) -> None:
        """Read the end, so that the connection can be used again."""
        await self.read(0)

    def close(self) -> None:
        """Give the connection back if all was read, else close it. May be called twice."""
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()

    def _cut(self) -> SeamBroken:
        return SeamBroken(f"An answer from {self._where} was cut before its end")
