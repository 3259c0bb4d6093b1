"""Signed calls: who holds a role's key may call, once, now, with exactly these arguments."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from thakur.errors import Unauthenticated

SKEW_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Key:
    """The secret that two roles share; `id` says which it is."""

    id: str
    secret: bytes = field(repr=False)


def digest_of(arguments: bytes) -> str:
    return hashlib.sha256(arguments).hexdigest()


def sign(key: Key, path: str, arguments: bytes) -> str:
    """Make the header that lets this one call in, for 30 s. What is uploaded is not covered."""
    signed = f"{key.id}:{time.time():.3f}:{secrets.token_hex(16)}:{digest_of(arguments)}"
    return f"{signed}:{_mac(key, path, signed)}"


class Verifier:
    """Knows the keys that may call, and the calls that were made already."""

    def __init__(self, keys: Sequence[Key], clock: Callable[[], float] = time.time) -> None:
        self._keys = {key.id: key for key in keys}
        self._clock = clock
        # In order of arrival, each with the time after which its call is too old anyway.
        self._nonces: dict[str, float] = {}

    def verify(self, header: str, path: str) -> str:
        """Return the digest that the arguments must have. Raises Unauthenticated."""
        signed, _, mac = header.rpartition(":")
        key_id, _, rest = signed.partition(":")
        key = self._keys.get(key_id)
        if key is None or not hmac.compare_digest(_mac(key, path, signed).encode(), mac.encode()):
            raise Unauthenticated(
                "The call is not signed with a key that may make it",
                hint="Roles on one host share a data directory and its keys.",
            )
        signed_at, nonce, digest = rest.split(":")
        self._admit(float(signed_at), nonce)
        return digest

    def _admit(self, signed_at: float, nonce: str) -> None:
        now = self._clock()
        if abs(now - signed_at) > SKEW_SECONDS:
            raise Unauthenticated("The call was signed at another time", hint="Compare the clocks of both hosts.")
        while self._nonces and next(iter(self._nonces.values())) < now:
            del self._nonces[next(iter(self._nonces))]
        if nonce in self._nonces:
            raise Unauthenticated("The call was made before")
        self._nonces[nonce] = now + 2 * SKEW_SECONDS


def _mac(key: Key, path: str, signed: str) -> str:
    return hmac.digest(key.secret, f"{path}\n{signed}".encode(), "sha256").hex()
