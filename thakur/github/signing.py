"""The proof that an App is itself: a JWT that lives nine minutes."""

import asyncio
import time

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from thakur.github.interface import AppKey, AppKeyRefused

# GitHub takes ten minutes at most, and clocks differ.
LIFE_SECONDS = 540
BACK_SECONDS = 60
KEPT_SECONDS = 480


def check_key(private_key: str) -> None:
    """Raises AppKeyRefused."""
    _imported(private_key)


class Signer:
    """Signs for one App, and keeps what it signed for a while."""

    def __init__(self, key: AppKey) -> None:
        self._key = key
        self._signed = ""
        self._until = 0.0
        self._imported: RSAKey | None = None

    async def token(self) -> str:
        """What stands for the App in a request. Raises AppKeyRefused."""
        if time.monotonic() > self._until:
            # Arithmetic of many milliseconds, which nobody else is to wait for.
            self._signed = await asyncio.to_thread(self._sign, int(time.time()))
            self._until = time.monotonic() + KEPT_SECONDS
        return self._signed

    def forget(self) -> None:
        """Sign anew the next time."""
        self._until = 0.0

    def _sign(self, now: int) -> str:
        if self._imported is None:
            self._imported = _imported(self._key.private_key)
        claims = {"iat": now - BACK_SECONDS, "exp": now + LIFE_SECONDS, "iss": str(self._key.app_id)}
        return jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, self._imported)


def _imported(private_key: str) -> RSAKey:
    try:
        key = RSAKey.import_key(private_key)
        if key.is_private:
            return key
    except (JoseError, ValueError, TypeError):
        # Not `from` it: that error may hold the key.
        pass
    raise AppKeyRefused(
        "This is no private key of a GitHub App",
        hint="Take the .pem file that GitHub gives when a key is made in the App's settings.",
        field="private_key",
    ) from None
