"""Who asks the stand-in: an App by its JWT, an installation or a person by a token; and what each may."""

import functools
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from thakur.fakegithub.door.answers import Moved, Refusal, not_found
from thakur.fakegithub.oauth.grants import UserToken
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.people.roles import ROLES, role_in
from thakur.fakegithub.people.shown import account_shown, bot_shown
from thakur.fakegithub.state import FakeApp, FakeInstallation, FakeRepository, FakeToken, State

LONGEST_SECONDS = 600
LEVELS = ("", "read", "write", "admin")
# Whoever reads a repository may write these there.
_READERS_WRITE = ("issues", "pull_requests")
FOREIGN = "Resource not accessible by integration"


@dataclass(frozen=True)
class AsUser:
    """A person through an App: what both may, and no more."""

    state: State
    token: UserToken[FakeApp]

    def installation_on(self, account: FakeAccount) -> FakeInstallation | None:
        """The App's installation there."""
        every = self.state.installations.values()
        return next((each for each in every if each.app is self.token.app and each.account is account), None)

    def may_see(self, repository: FakeRepository) -> bool:
        if not repository.is_private:
            return True
        there = self.installation_on(repository.account)
        if there is None or there.is_suspended or repository.id not in there.repository_ids:
            return False
        return bool(role_in(repository, self.token.user))

    def may(self, permission: str, level: str, repository: FakeRepository) -> bool:
        there = self.installation_on(repository.account)
        granted = (self.token.app if there is None else there).permissions.get(permission, "")
        least = "read" if level == "read" or permission in _READERS_WRITE else "write"
        least = "admin" if permission == "administration" else least
        role = role_in(repository, self.token.user) or ("" if repository.is_private else "read")
        return LEVELS.index(granted) >= LEVELS.index(level) and ROLES.index(role) >= ROLES.index(least)


def app_of(state: State, request: web.Request) -> FakeApp:
    """The App whose JWT the request brings."""
    text = _bearer(request)
    for app in state.apps.values():
        try:
            claims = jwt.decode(text, _key(app.private_key), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            continue
        # GitHub takes a number as well.
        if str(claims.get("iss")) not in (str(app.id), app.client_id):
            continue
        now = state.now().timestamp()
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
    if found is None or found.expires_at < state.now():
        raise Refusal(401, "Bad credentials")
    if found.installation.is_suspended:
        raise Refusal(403, "This installation has been suspended")
    return found


def installed(state: State, request: web.Request) -> FakeToken:
    """The installation's token that the request brings."""
    return token_of(state, _bearer(request))


def repository_in(state: State, request: web.Request, permission: str, level: str) -> FakeRepository:
    """The repository of the path, if the token opens it for that."""
    token = asking(state, request)
    if "id" in request.match_info:
        found = state.repositories.get(int(request.match_info["id"]))
    else:
        found = state.named(f"{request.match_info['owner']}/{request.match_info['repo']}")
    if found is None or not may_see(token, found):
        raise not_found()
    _follow(request, found)
    if not may(token, permission, level, found):
        raise Refusal(403, FOREIGN)
    return found


def _follow(request: web.Request, found: FakeRepository) -> None:
    """By a name that it had before it is not answered: whoever asks is led to its id."""
    info = request.match_info
    if "owner" not in info or f"{info['owner']}/{info['repo']}".lower() == found.full_name.lower():
        return
    head, _, rest = request.rel_url.raw_path.partition("/repos/")
    below = "/".join(rest.split("/")[2:])
    there = f"{request.url.origin()}{head}/repositories/{found.id}" + (f"/{below}" if below else "")
    query = f"?{request.query_string}" if request.query_string else ""
    is_read = request.method in ("GET", "HEAD")
    raise Moved(301 if is_read else 307, there + query)


def known(state: State, request: web.Request) -> None:
    """Anybody may ask, but what they bring has to be right."""
    if "Authorization" not in request.headers:
        return
    if _bearer(request).count(".") == 2 and not _bearer(request).startswith("ghs_"):
        app_of(state, request)
    else:
        asking(state, request)


def asked_by(state: State, request: web.Request, web_url: str) -> dict[str, Any]:
    """Whom GitHub names as the author of what is made by this question."""
    token = asking(state, request)
    if isinstance(token, AsUser):
        return account_shown(token.token.user, web_url)
    app = token.installation.app
    return bot_shown(app.slug, app.id, web_url)


def asking(state: State, request: web.Request) -> FakeToken | AsUser:
    """The installation or the person whose token the request brings."""
    return opened(state, _bearer(request))


def opened(state: State, text: str) -> FakeToken | AsUser:
    """What a token of either kind opens."""
    held = state.grants.find(text)
    return token_of(state, text) if held is None else AsUser(state, held)


def as_user(state: State, request: web.Request) -> AsUser:
    """The person whose token the request brings; nobody else is answered."""
    found = asking(state, request)
    if not isinstance(found, AsUser):
        raise Refusal(403, FOREIGN)
    return found


def may_see(token: FakeToken | AsUser, repository: FakeRepository) -> bool:
    if isinstance(token, AsUser):
        return token.may_see(repository)
    return repository.id in token.opened


def may(token: FakeToken | AsUser, permission: str, level: str, repository: FakeRepository) -> bool:
    if isinstance(token, AsUser):
        return token.may(permission, level, repository)
    return LEVELS.index(token.permissions.get(permission, "")) >= LEVELS.index(level)


def _bearer(request: web.Request) -> str:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() not in ("bearer", "token") or not text:
        raise Refusal(401, "Requires authentication")
    return text.strip()
