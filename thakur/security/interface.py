"""What can be wrong with a key or with what a key has sealed."""

from typing import Protocol

import msgspec

from thakur.errors import ThakurError


class Resealed(msgspec.Struct, frozen=True):
    """How many secrets were sealed anew; those that no key opens stay as they are."""

    count: int = 0
    unreadable: int = 0


class SealedRows(Protocol):
    """Where a room keeps what is sealed."""

    async def seal_again(self) -> Resealed:
        """Seal with the newest key what an older one has sealed. May be cut off and called again."""


class KeyUnusable(ThakurError):
    """The key file is open to others, cut off, or not a key file."""

    code = "key_unusable"


class SecretUnreadable(ThakurError):
    """What was sealed cannot be opened: its key is gone, it was changed, or it was sealed for another place."""

    code = "secret_unreadable"
