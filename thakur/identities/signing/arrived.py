"""Somebody who has come back from GitHub: by which App, who they are, and what asks for them until that is kept."""

import secrets
from dataclasses import dataclass

from thakur.github import User, UserFound, UserToken
from thakur.installations import SignInApp, SignInApps


@dataclass(frozen=True, slots=True)
class Arrived:
    """A person, told by GitHub itself."""

    app: SignInApp
    person: UserFound
    token: UserToken
    client: User

    def __repr__(self) -> str:
        return f"Arrived({self.person.login})"


async def arrived(apps: SignInApps, app: SignInApp, token: UserToken) -> Arrived:
    """Ask whose the token is. Raises AppGone, GitHubUnavailable and what the API answers."""
    # Of this one sign-in alone: what another person was told is never what this one is.
    client = await apps.user(app.app, _Given(token), f"sign-in {secrets.token_hex(8)}")
    return Arrived(app, await client.user(), token, client)


class _Given:
    """Implements Bearer for a token that is not kept yet, and that nothing renews."""

    def __init__(self, token: UserToken) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token.access_token

    async def renewed(self, refused: str) -> str:
        return refused
