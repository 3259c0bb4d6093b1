"""Asks a pool for a page through a worker's private door, with the request that a visitor would send."""

import asyncio
from urllib.parse import quote

from thakur.proxy.interface import Answer, ProbeFailed

HEAD_BYTES = 64 * 1024
REASON_BYTES = 400
USER_AGENT = "thakur-health"
# With this field a worker marks the pages that it writes itself because the application gave no answer.
_FAULT_FIELD = b"thakur-state"
_EMPTY_STATUSES = frozenset({204, 304})


async def ask(door: str, pool_id: str, host: str, path: str, within_seconds: float) -> Answer:
    """The answer to one GET, as soon as its body begins. Raises ProbeFailed."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(within_seconds):
            status = await _exchange(door, request(pool_id, host, path))
    except TimeoutError as error:
        raise ProbeFailed(f"No answer within {within_seconds:g} s.") from error
    except (OSError, asyncio.LimitOverrunError) as error:
        raise ProbeFailed(f"The proxy did not pass the question on: {error}") from error
    return Answer(status, loop.time() - began)


def request(pool_id: str, host: str, path: str) -> bytes:
    """The bytes of one probe."""
    target = quote(path if path.startswith("/") else f"/{path}", safe="/%?&=+:;,@!$'()*~-._[]")
    return (
        f"PROBE {pool_id}\r\nGET {target} HTTP/1.1\r\nHost: {host}\r\n"
        f"User-Agent: {USER_AGENT}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    ).encode()


async def _exchange(door: str, question: bytes) -> int:
    reader, writer = await asyncio.open_unix_connection(door, limit=HEAD_BYTES)
    try:
        writer.write(question)
        status, fields = await _head(reader)
        # 103 and the like come before the answer.
        while 100 <= status < 200:
            status, fields = await _head(reader)
        has_body = status not in _EMPTY_STATUSES and fields.get(b"content-length") != b"0"
        beginning = await reader.read(REASON_BYTES) if has_body else b""
    finally:
        writer.transport.abort()
    if _FAULT_FIELD in fields:
        raise ProbeFailed(beginning.decode(errors="replace").strip())
    if has_body and not beginning and b"content-length" in fields:
        raise ProbeFailed(f"The answer {status} was cut before its body began.")
    return status


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[bytes, bytes]]:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        raise ProbeFailed("The connection was closed without an answer.") from error
    first, *lines = head[:-4].split(b"\r\n")
    words = first.split(b" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        raise ProbeFailed(f"The answer begins with {first[:40]!r}, which is not HTTP.")
    fields = (line.partition(b":") for line in lines)
    return int(words[1]), {name.lower(): value.strip() for name, _, value in fields}
