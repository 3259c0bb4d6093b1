"""A device shows a code, a person types it in elsewhere, the device asks until it is known."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from thakur.fakegithub.oauth.grants import UserToken
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.state import FakeApp, State

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LIFE = timedelta(minutes=15)
INTERVAL_SECONDS = 5
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(eq=False)
class Device:
    """A device that waits."""

    app: FakeApp
    device_code: str
    user_code: str
    expires_at: datetime
    interval: int = INTERVAL_SECONDS
    asked_at: datetime | None = None
    user: FakeUser | None = None
    is_denied: bool = False


class Devices:
    """Those that wait."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: list[Device] = []

    def begin(self, app: FakeApp) -> Device | str:
        if not app.has_device_flow:
            return "device_flow_disabled"
        halves = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
        made = Device(app, secrets.token_hex(20), "-".join(halves), self._state.now() + LIFE)
        self._waiting.append(made)
        return made

    def waiting(self, user_code: str) -> Device | None:
        """The device that shows this code."""
        now = self._state.now()
        held = (each for each in self._waiting if each.user_code == user_code.strip().upper())
        return next((each for each in held if each.expires_at > now and each.user is None), None)

    def exchange(self, app: FakeApp, device_code: str) -> UserToken[FakeApp] | str:
        """The tokens, once, or the name of why not yet."""
        if not app.has_device_flow:
            return "device_flow_disabled"
        held = (each for each in self._waiting if each.device_code == device_code and each.app is app)
        found = next(held, None)
        if found is None:
            return "incorrect_device_code"
        now = self._state.now()
        if found.expires_at < now:
            return "expired_token"
        if found.is_denied:
            return "access_denied"
        if found.user is not None:
            self._waiting.remove(found)
            return self._state.grants.grant(app, found.user)
        before, found.asked_at = found.asked_at, now
        if before is not None and now - before < timedelta(seconds=found.interval):
            found.interval += INTERVAL_SECONDS
            return "slow_down"
        return "authorization_pending"
