"""Journeys: what a browser takes along to GitHub and back, so that nothing is kept for those who never return."""

import base64
import binascii
import secrets
import time
from typing import TypeVar

import msgspec

from thakur.errors import ThakurError
from thakur.identities.signing.interface import SIGN_IN_LIFE, Refusal
from thakur.security import Sealer, SecretUnreadable

REFUSAL_SECONDS = 60.0
SECRET_BYTES = 32

T = TypeVar("T", bound=msgspec.Struct)


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in under way: `state` comes back with the browser, and `verifier` only goes from here to GitHub."""

    app: int
    return_to: str
    state: str
    verifier: str
    expires_at: float
    linking_user_id: int | None = None

    def __repr__(self) -> str:
        return f"Journey({self.app})"


class Envelopes:
    """Seals what lies in a browser. Each kind opens as itself alone, and not for longer than it lives."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def journey(self, app: int, return_to: str, linking_user_id: int | None) -> Journey:
        """A new one."""
        return Journey(
            app=app,
            return_to=return_to,
            state=secrets.token_urlsafe(SECRET_BYTES),
            verifier=secrets.token_urlsafe(SECRET_BYTES),
            expires_at=time.time() + SIGN_IN_LIFE.total_seconds(),
            linking_user_id=linking_user_id,
        )

    def refusal(self, error: ThakurError) -> Refusal:
        """What is told of the error."""
        return Refusal(
            status=error.status, message=error.message, hint=error.hint, expires_at=time.time() + REFUSAL_SECONDS
        )

    def seal(self, content: Journey | Refusal) -> str:
        """As a cookie's value."""
        sealed = self._sealer.seal(msgspec.json.encode(content), _context(type(content)))
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, text: str, kind: type[T]) -> T | None:
        """What was sealed; None if it was not, or not in time."""
        try:
            sealed = base64.urlsafe_b64decode(text.encode())
            found = msgspec.json.decode(self._sealer.open(sealed, _context(kind)), type=kind)
        except (binascii.Error, UnicodeEncodeError, SecretUnreadable, msgspec.MsgspecError):
            return None
        return found if found.expires_at > time.time() else None  # type: ignore[attr-defined]


def _context(kind: type[object]) -> tuple[str, ...]:
    return ("sign-in", kind.__name__)
