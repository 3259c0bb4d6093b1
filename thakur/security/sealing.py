"""Sealing: AES-256-GCM, bound to the place where the sealed bytes belong.

A sealed value is `0x01 | key version, 2 bytes | nonce, 12 bytes | ciphertext and tag`.
"""

import hashlib
import hmac
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from thakur.security.interface import SecretUnreadable
from thakur.security.keys import KeyRing, derive

FORMAT = 1
NONCE_BYTES = 12
OVERHEAD_BYTES = 31
_HEADER = struct.Struct(">BH")
_HINT = "Restore the key file that belongs to this database, or set the value again."


class Sealer:
    """Seals and opens for one purpose: what one purpose sealed, no other opens."""

    def __init__(self, ring: KeyRing, purpose: str) -> None:
        self._current = ring.current
        # What everything begins with that the newest key has sealed.
        self.header = _HEADER.pack(FORMAT, ring.current)
        self._keys = {version: derive(key, f"seal {purpose}") for version, key in ring.keys.items()}
        self._digest_key = derive(ring.keys[ring.current], f"digest {purpose}")

    def seal(self, plain: bytes, context: tuple[str, ...]) -> bytes:
        """Seal under the newest key. Only the same `context` opens it: moved to another row, it stays shut."""
        header = self.header
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + AESGCM(self._keys[self._current]).encrypt(nonce, plain, header + _bound(context))

    def open(self, sealed: bytes, context: tuple[str, ...]) -> bytes:
        """Raises SecretUnreadable; its message holds nothing of the secret."""
        header, nonce, rest = sealed[:3], sealed[3:15], sealed[15:]
        key = self._keys.get(key_version(sealed))
        if key is None:
            raise SecretUnreadable("A secret was sealed with a key that this server does not have", hint=_HINT)
        try:
            return AESGCM(key).decrypt(nonce, rest, header + _bound(context))
        except InvalidTag as error:
            raise SecretUnreadable("A secret was changed, or sealed for another place", hint=_HINT) from error

    def needs_sealing_again(self, sealed: bytes) -> bool:
        """Whether an older key has sealed it."""
        return key_version(sealed) != self._current

    def seal_again(self, sealed: bytes, context: tuple[str, ...]) -> bytes:
        """The same secret under the newest key. Raises SecretUnreadable."""
        return self.seal(self.open(sealed, context), context)

    def digest(self, content: bytes) -> str:
        """A name for a content, of which nobody without the key can learn by guessing; another key gives another name."""
        return hmac.new(self._digest_key, content, hashlib.sha256).hexdigest()


def key_version(sealed: bytes) -> int:
    """The version of the key that sealed it. Raises SecretUnreadable for what nothing sealed."""
    if len(sealed) < OVERHEAD_BYTES or sealed[0] != FORMAT:
        raise SecretUnreadable("These bytes are no sealed secret", hint=_HINT)
    version: int = _HEADER.unpack(sealed[:3])[1]
    return version


def _bound(context: tuple[str, ...]) -> bytes:
    # Lengths keep ("a", "bc") apart from ("ab", "c").
    parts = [part.encode() for part in context]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
