"""How much of the stand-in's API one may use: so many questions an hour, so many points a minute."""

import base64
import json
import math
import time
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal
from thakur.fakegithub.state import State

HOUR_SECONDS = 3600
MINUTE_SECONDS = 60
# An hour's questions: of an installation with few repositories, more for each that it has above some; of nobody known.
PRIMARY = 5000
PER_REPOSITORY = 50
FREE_REPOSITORIES = 20
LARGEST = 12_500
UNKNOWN = 60
# A minute's points, and what costs how many.
POINTS = 900
WRITE_POINTS = 5
AT_ONCE = 100
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@dataclass
class Window:
    """An hour of one payer."""

    limit: int
    reset_at: float
    used: int = 0
    points: deque[tuple[float, int]] = field(default_factory=deque)
    running: int = 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


class Limits:
    """Everybody's windows. Whoever has used theirs up is refused until its end."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._windows: dict[str, Window] = {}

    def payer(self, request: web.Request) -> str:
        """An installation, a person, an App, or an address."""
        text = request.headers.get("Authorization", "").partition(" ")[2].strip()
        if text in self._state.tokens:
            return f"installation ID {self._state.tokens[text].installation.id}"
        held = self._state.grants.find(text)
        if held is not None:
            return f"user ID {held.user.id}"
        return f"app ID {_issuer(text)}" if text.count(".") == 2 else f"{request.remote}"

    def window(self, payer: str) -> Window:
        """The payer's hour: the one that runs, or a new one."""
        now = self._state.now().timestamp()
        found = self._windows.get(payer)
        if found is None or found.reset_at <= now:
            found = self._windows[payer] = Window(self._limit(payer), math.ceil(now + HOUR_SECONDS))
        return found

    def leave(self, payer: str, remaining: int, seconds: float = HOUR_SECONDS) -> None:
        """From now on it has so many questions left, for so long."""
        found = self.window(payer)
        found.used = found.limit - remaining
        found.reset_at = math.ceil(self._state.now().timestamp() + seconds)

    def check(self, window: Window, payer: str, method: str) -> None:
        """Raises Refusal when this question is one too many; it is not paid for yet."""
        if window.remaining <= 0:
            raise Refusal(403, f"API rate limit exceeded for {payer}.")
        now = time.monotonic()
        while window.points and window.points[0][0] < now - MINUTE_SECONDS:
            window.points.popleft()
        if sum(points for _, points in window.points) >= POINTS or window.running >= AT_ONCE:
            raise Refusal(403, SECONDARY, {"Retry-After": str(MINUTE_SECONDS)})
        window.points.append((now, 1 if method in ("GET", "HEAD", "OPTIONS") else WRITE_POINTS))

    def _limit(self, payer: str) -> int:
        kind, _, number = payer.rpartition(" ")
        if kind == "installation ID":
            installation = self._state.installations.get(int(number))
            more = len(installation.repository_ids) - FREE_REPOSITORIES if installation else 0
            return min(LARGEST, PRIMARY + PER_REPOSITORY * max(0, more))
        return PRIMARY if kind else UNKNOWN


def _issuer(text: str) -> str:
    # Whether it proves anything is asked later; its hour is used up in any case.
    try:
        claims = text.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iss"])
    except (ValueError, KeyError, TypeError):
        return "unknown"


def headers(window: Window) -> dict[str, str]:
    """What every answer says of them."""
    return {
        "X-RateLimit-Limit": str(window.limit),
        "X-RateLimit-Remaining": str(window.remaining),
        "X-RateLimit-Used": str(window.used),
        "X-RateLimit-Reset": str(int(window.reset_at)),
        "X-RateLimit-Resource": "core",
    }
