"""Looking over a pasted `.env`, and keeping it where nobody reads it until it is saved."""

import base64
import binascii
import time
from collections.abc import Callable, Mapping

from thakur.accounts import Principal
from thakur.projects.dotenv import assignments
from thakur.projects.env_names import refusal_of
from thakur.projects.pasted import PastedStatus, PastedVar, PasteGone
from thakur.security import Sealer, SecretUnreadable

# Between looking a paste over and saving it.
PASTE_SECONDS = 1800
_TIME_BYTES = 8


class LocalPastes:
    """Implements Pastes with a key of this server."""

    def __init__(self, sealer: Sealer, now: Callable[[], float] = time.time) -> None:
        self._sealer = sealer
        self._now = now

    def keep(self, principal: Principal, text: str) -> str:
        plain = int(self._now()).to_bytes(_TIME_BYTES, "big") + text.encode(errors="replace")
        return base64.urlsafe_b64encode(self._sealer.seal(plain, _whose(principal))).decode()

    def text_of(self, principal: Principal, kept: str) -> str:
        try:
            plain = self._sealer.open(base64.urlsafe_b64decode(kept), _whose(principal))
        except (binascii.Error, ValueError, SecretUnreadable) as error:
            raise _gone() from error
        if self._now() > int.from_bytes(plain[:_TIME_BYTES], "big") + PASTE_SECONDS:
            raise _gone()
        return plain[_TIME_BYTES:].decode()


def looked_over(text: str, is_same: Mapping[str, bool]) -> tuple[PastedVar, ...]:
    """What saving the paste would do, in its order; `is_same` holds the names that are there. Raises DotenvInvalid."""
    found = {one.name: one for one in assignments(text)}
    return tuple(_judged(one.name, one.value, one.line, is_same) for one in found.values())


def _judged(name: str, value: str, line: int, is_same: Mapping[str, bool]) -> PastedVar:
    if reason := refusal_of(name, value):
        return PastedVar(name=name, line=line, status=PastedStatus.REFUSED, reason=reason)
    if name not in is_same:
        return PastedVar(name=name, line=line, status=PastedStatus.NEW)
    return PastedVar(name=name, line=line, status=PastedStatus.UNCHANGED if is_same[name] else PastedStatus.REPLACED)


def _whose(principal: Principal) -> tuple[str, ...]:
    return ("paste", str(principal.user_id), principal.actor)


def _gone() -> PasteGone:
    return PasteGone(
        "The pasted .env was looked over too long ago, or by somebody else", hint="Paste it again.", field="dotenv"
    )
