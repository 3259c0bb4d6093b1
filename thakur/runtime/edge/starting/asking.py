"""Asking a port of the application's own for a page, to tell its pages from its metrics."""

import asyncio

from thakur.builds import Failure
from thakur.runtime.interface import DeploymentRefused

ASK_SECONDS = 2.0
_HEAD_BYTES = 16 * 1024
# Prometheus reads this; no visitor does.
_METRICS = (b"version=0.0.4", b"application/openmetrics-text")
_NO_ANSWER = 1000


class Unhealthy(DeploymentRefused):
    """The application runs and has not become healthy.

    `ports` are those besides PORT where it listens, the one that is most likely meant first; `answered` is the status of its last answer.
    """

    def __init__(self, failure: Failure, output: tuple[str, ...], ports: tuple[int, ...], answered: int) -> None:
        super().__init__(failure, output)
        self.ports = ports
        self.answered = answered


async def ranked(ports: frozenset[int], host: str, path: str) -> list[tuple[int, int]]:
    """Each port with how well it answers, a status or 1000 without one; the best first, and of two the smaller number."""
    answers = await asyncio.gather(*(_ask(port, host, path) for port in sorted(ports)))
    return sorted(zip(answers, sorted(ports), strict=True))


async def _ask(port: int, host: str, path: str) -> int:
    try:
        async with asyncio.timeout(ASK_SECONDS):
            # By name, because some listen on ::1 alone.
            reader, writer = await asyncio.open_connection("localhost", port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
            finally:
                writer.close()
    except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
        return _NO_ANSWER
    return _status(head[:_HEAD_BYTES])


def _status(head: bytes) -> int:
    words = head.split(b" ", 2)
    if not head.startswith(b"HTTP/1.") or len(words) < 2 or not words[1][:3].isdigit():
        return _NO_ANSWER
    return _NO_ANSWER if any(mark in head for mark in _METRICS) else int(words[1][:3])
