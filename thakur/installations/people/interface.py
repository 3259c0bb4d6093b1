"""Which Apps people sign in by, and the clients that ask for them."""

from typing import Protocol

import msgspec

from thakur.errors import NotFound
from thakur.github import Bearer, OAuth, User


class SignInApp(msgspec.Struct, frozen=True, kw_only=True):
    """An App by which people may sign in to the team that it belongs to; `app` is its row, `number` GitHub's for it."""

    app: int
    team_id: int
    web_url: str
    slug: str
    number: int


class AppGone(NotFound):
    """The App was removed."""

    code = "github_app_gone"


class SignInApps(Protocol):
    """Apps as people sign in by them."""

    async def every(self) -> list[SignInApp]:
        """Those whose API is where that GitHub has it: it is asked who somebody is."""

    async def oauth(self, app: int) -> OAuth:
        """The App's way to the tokens of people. Raises AppGone, SecretUnreadable."""

    async def user(self, app: int, bearer: Bearer, payer: str) -> User:
        """What asks through the App as one person. Raises AppGone."""
