"""What was granted: codes that wait to be exchanged, and pairs of tokens. Nothing here is asked over HTTP."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from thakur.fakegithub.people.accounts import FakeUser

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=8)
REFRESH_LIFE = timedelta(seconds=15811200)
# GitHub keeps so many tokens for one person and one App; the oldest goes first.
TOKENS = 10


class Granted(Protocol):
    """An App as grants know it."""

    @property
    def id(self) -> int: ...

    @property
    def has_expiring_tokens(self) -> bool: ...


AppT = TypeVar("AppT", bound=Granted)


@dataclass
class Code(Generic[AppT]):
    """What a browser brings back to the App, once."""

    app: AppT
    user: FakeUser
    redirect_uri: str
    challenge: str
    expires_at: datetime


@dataclass(eq=False)
class UserToken(Generic[AppT]):
    """A person's token for an App, with the one that renews it."""

    app: AppT
    user: FakeUser
    id: int
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    text: str = field(default_factory=lambda: f"ghu_{secrets.token_urlsafe(27)}")
    refresh_text: str = field(default_factory=lambda: f"ghr_{secrets.token_urlsafe(57)}")


class Grants(Generic[AppT]):
    """Everything that people have granted to Apps."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.tokens: list[UserToken[AppT]] = []
        self._codes: dict[str, Code[AppT]] = {}
        self._allowed: set[tuple[int, int]] = set()
        self._last_id = 0

    def has(self, app: AppT, user: FakeUser) -> bool:
        """Whether this person has let the App in before, and has not taken it back."""
        return (app.id, user.id) in self._allowed

    def allow(self, app: AppT, user: FakeUser, redirect_uri: str, challenge: str) -> str:
        """The code that the person's browser brings back."""
        self._allowed.add((app.id, user.id))
        text = secrets.token_hex(10)
        self._codes[text] = Code(app, user, redirect_uri, challenge, self._now() + CODE_LIFE)
        return text

    def exchange(self, app: AppT, text: str, redirect_uri: str, verifier: str) -> UserToken[AppT] | str:
        """The tokens, or the name of what is wrong. A code that was tried is spent."""
        code = self._codes.pop(text, None)
        if code is None or code.app.id != app.id or code.expires_at < self._now():
            return "bad_verification_code"
        if redirect_uri and redirect_uri != code.redirect_uri:
            return "redirect_uri_mismatch"
        if code.challenge and not secrets.compare_digest(challenge_of(verifier), code.challenge.encode()):
            return "bad_verification_code"
        return self.grant(app, code.user)

    def grant(self, app: AppT, user: FakeUser) -> UserToken[AppT]:
        """New tokens for a person who has let the App in."""
        self._allowed.add((app.id, user.id))
        self._last_id += 1
        made = UserToken(app, user, self._last_id)
        if app.has_expiring_tokens:
            made.expires_at = self._now() + TOKEN_LIFE
            made.refresh_expires_at = self._now() + REFRESH_LIFE
        self.tokens.append(made)
        held = [each for each in self.tokens if (each.app.id, each.user.id) == (app.id, user.id)]
        for oldest in held[:-TOKENS]:
            self.tokens.remove(oldest)
        return made

    def refresh(self, app: AppT, text: str) -> UserToken[AppT] | str:
        """A new pair; the old one opens nothing from now on."""
        now = self._now()
        for each in self.tokens:
            if each.refresh_text == text and each.app.id == app.id and each.refresh_expires_at is not None:
                self.tokens.remove(each)
                return self.grant(app, each.user) if each.refresh_expires_at > now else "bad_refresh_token"
        return "bad_refresh_token"

    def find(self, text: str) -> UserToken[AppT] | None:
        """The token, if it opens anything now."""
        now = self._now()
        held = (each for each in self.tokens if each.text == text)
        return next((each for each in held if each.expires_at is None or each.expires_at > now), None)

    def forget(self, token: UserToken[AppT]) -> None:
        """This token alone."""
        self.tokens.remove(token)

    def revoke(self, app: AppT, user: FakeUser) -> None:
        """The person takes it back: every token and code of the App goes."""
        self._allowed.discard((app.id, user.id))
        pair = (app.id, user.id)
        self.tokens = [each for each in self.tokens if (each.app.id, each.user.id) != pair]
        self._codes = {text: code for text, code in self._codes.items() if (code.app.id, code.user.id) != pair}

    def expire(self, user: FakeUser, *, is_refresh_too: bool = False) -> None:
        """As if eight hours, or half a year, had passed for this person's tokens."""
        past = self._now() - timedelta(seconds=1)
        for each in self.tokens:
            if each.user is user and each.expires_at is not None:
                each.expires_at = past
                each.refresh_expires_at = past if is_refresh_too else each.refresh_expires_at


def challenge_of(verifier: str) -> bytes:
    """S256, the only method there is."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
