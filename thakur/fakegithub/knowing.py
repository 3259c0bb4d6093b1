"""Who asks the stand-in: an App by its JWT, or an installation by its token; and what each may."""

import functools
import time
from datetime import UTC, datetime

from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from thakur.fakegithub.answers import Refusal, not_found
from thakur.fakegithub.state import FakeApp, FakeRepository, FakeToken, State

LONGEST_SECONDS = 600
_LEVELS = ("", "read", "write")


def app_of(state: State, request: web.Request) -> FakeApp:
    """The App whose JWT the request brings."""
    text = _bearer(request)
    for app in state.apps.values():
        try:
            claims = jwt.decode(text, _key(app.private_key), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            continue
        if claims.get("iss") not in (str(app.id), app.client_id):
            continue
        now = time.time()
        if claims["exp"] > now + LONGEST_SECONDS:
            raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
        if claims["exp"] < now or claims["iat"] > now:
            break
        return app
    raise Refusal(401, "A JSON web token could not be decoded")


@functools.cache
def _key(private_key: str) -> RSAKey:
    return RSAKey.import_key(private_key)


def token_of(state: State, text: str) -> FakeToken:
    """What the token opens."""
    found = state.tokens.get(text)
    if found is None or found.expires_at < datetime.now(UTC):
        raise Refusal(401, "Bad credentials")
    if found.installation.is_suspended:
        raise Refusal(403, "This installation has been suspended")
    return found


def installed(state: State, request: web.Request) -> FakeToken:
    """The installation's token that the request brings."""
    return token_of(state, _bearer(request))


def repository_in(state: State, request: web.Request, permission: str, level: str) -> FakeRepository:
    """The repository of the path, if the token opens it for that."""
    token = installed(state, request)
    if "id" in request.match_info:
        found = state.repositories.get(int(request.match_info["id"]))
    else:
        found = state.named(f"{request.match_info['owner']}/{request.match_info['repo']}")
    if found is None or not may_see(token, found):
        raise not_found()
    if not may(token, permission, level):
        raise Refusal(403, "Resource not accessible by integration")
    return found


def may_see(token: FakeToken, repository: FakeRepository) -> bool:
    return repository.id in token.repository_ids & token.installation.repository_ids


def may(token: FakeToken, permission: str, level: str) -> bool:
    return _LEVELS.index(token.permissions.get(permission, "")) >= _LEVELS.index(level)


def _bearer(request: web.Request) -> str:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() not in ("bearer", "token") or not text:
        raise Refusal(401, "Requires authentication")
    return text.strip()
