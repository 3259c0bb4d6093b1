"""Who is asking at a listener that gives no rights by itself: the bearer of a token, or a session's cookie."""

import hashlib
import hmac
import secrets
from typing import Any

from litestar import Request
from litestar.types import Scope

from thakur.accounts import Principal, Sessions, Tokens
from thakur.api.visits.arrival import Arrival, Entrance, arrival_of

ARRIVAL = "arrival"
CSRF_TOKEN = "csrf_token"  # noqa: S105  (a key of the request's state)
BEARER = "bearer "


class Visitors:
    """The principals of one entrance. A request with an Authorization field is judged by that alone."""

    def __init__(self, sessions: Sessions, tokens: Tokens, entrance: Entrance) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._entrance = entrance

    async def principal_of(self, scope: Scope) -> Principal | None:
        """The asker, if they are known; notes the arrival and, for a session, its forms' token. Raises TokenRefused."""
        request: Request[Any, Any, Any] = Request(scope)
        peer = request.client.host if request.client else ""
        arrival = arrival_of(peer, scope["scheme"], request.headers, self._entrance)
        scope["state"][ARRIVAL] = arrival
        authorization = request.headers.get("authorization")
        if authorization is not None:
            return await self._bearer(authorization, arrival)
        secret = request.cookies.get(arrival.cookie)
        if not secret or not arrival.may_sign_in:
            return None
        principal = await self._sessions.principal(secret, arrival.address)
        if principal is not None:
            scope["state"][CSRF_TOKEN] = csrf_token(secret)
        return principal

    async def _bearer(self, authorization: str, arrival: Arrival) -> Principal | None:
        if not authorization.lower().startswith(BEARER):
            return None
        return await self._tokens.principal(authorization[len(BEARER) :].strip(), arrival.address)


def csrf_token(secret: str) -> str:
    """What a form shows to prove that it comes from a page of this session. Nothing about the session follows from it."""
    return hmac.new(secret.encode(errors="surrogatepass"), b"thakur forms", hashlib.sha256).hexdigest()


def masked(token: str) -> str:
    """The token as a page shows it, each time another text: what is compressed beside it gives nothing of it away."""
    mask = secrets.token_bytes(len(token) // 2)
    return mask.hex() + _crossed(bytes.fromhex(token), mask).hex()


def unmasked(shown: str) -> str:
    """The token that was shown so; empty if this is none."""
    try:
        both = bytes.fromhex(shown)
    except ValueError:
        return ""
    half = len(both) // 2
    return _crossed(both[:half], both[half:]).hex()


def _crossed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


def csrf_token_in(scope: Scope) -> str:
    """The token of the request's session; empty where no cookie has let anybody in."""
    return str(scope.get("state", {}).get(CSRF_TOKEN, ""))


def arrival_in(scope: Scope) -> Arrival:
    """The arrival of the request; whoever comes by the local socket is on this very host."""
    found: Arrival = scope.get("state", {}).get(ARRIVAL) or Arrival("", is_https=False, is_loopback=True)
    return found
