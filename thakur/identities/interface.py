"""Who somebody is on a GitHub, who of there may sign in here, and what acts for them."""

from datetime import datetime
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Conflict, NotFound, Unauthenticated
from thakur.github import User

# A method below is named `list`, which hides the type in the annotations after it.
list_of = list


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """An account of a GitHub that is a user's. `came_in` says that a list of who may sign in let them into a team."""

    id: int
    web_url: str
    login: str
    came_in: bool
    since: datetime


class SignInAgain(Unauthenticated):
    """GitHub acts for the person no more: they took it back, or it has expired."""

    code = "github_sign_in_again"


class IdentityNotFound(NotFound):
    """The asker has no such account of a GitHub."""

    code = "identity_not_found"


class IdentityNeeded(Conflict):
    """It is what lets the user in."""

    code = "identity_needed"


class Identities(Protocol):
    """The GitHub accounts of users, and what acts for them there."""

    async def of(self, principal: Principal) -> list[Identity]:
        """The asker's own."""

    async def client(self, principal: Principal, app: int | None = None) -> User | None:
        """What asks GitHub as the asker through that App, or the first of their team's; None when they have not signed in by it.

        It raises SignInAgain when GitHub does not take their tokens any more.
        """

    async def apps(self, principal: Principal) -> set[int]:
        """Through which of the Apps of the asker's teams GitHub can be asked as them; for the others they sign in once more."""

    async def unlink(self, principal: Principal, identity_id: int) -> None:
        """From now on it lets nobody in. Raises IdentityNotFound, IdentityNeeded, ActionForbidden."""

    async def revoked(self, app: int, number: int) -> None:
        """The person of that number took it back on GitHub: their tokens through the App end, and the user's sessions."""
