"""What may go wrong with webhooks on their way, as a test asks for it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass
class Mischief:
    """Nothing does, unless it is said.

    Each delivery waits for so long, and arrives so many times by the same guid. The next ones that are `dropped` are never
    sent and are in no log; of those that are `cut` the half arrives. Signed by another `secret`; named as an Enterprise
    Server's of a version.
    """

    delay_seconds: float = 0.0
    copies: int = 1
    dropped: int = 0
    cut: int = 0
    secret: str = ""
    enterprise_version: str = ""


async def half(body: bytes) -> AsyncIterator[bytes]:
    """The first half; then the connection ends."""
    yield body[: len(body) // 2]
    raise ConnectionResetError("cut, as was asked")
