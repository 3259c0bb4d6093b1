"""What signing in with GitHub promises, and the ways in which it does not come to its end."""

from datetime import timedelta
from typing import Protocol

import msgspec

from thakur.accounts import Principal, Visitor
from thakur.errors import Conflict, Forbidden, Invalid, ThakurError
from thakur.installations import SignInApp

# How long somebody may take at GitHub.
SIGN_IN_LIFE = timedelta(minutes=10)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that goes to GitHub's `url`; `journey` is for the browser that began it, sealed."""

    url: str
    journey: str


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser brings back from GitHub."""

    state: str
    code: str = ""
    error: str = ""


class Completed(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that came to its end: the secret of a new session, or none where an account was linked."""

    session: str | None
    return_to: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why somebody was not let in, as it is told them a moment later."""

    status: int
    message: str
    hint: str
    expires_at: float


class SignInUnusable(Invalid):
    """It was begun elsewhere, too long ago, or has been brought back before."""

    code = "sign_in_unusable"


class SignInCancelled(Invalid):
    """The person said no at GitHub."""

    code = "sign_in_cancelled"


class NotAllowed(Forbidden):
    """Nobody here has let that account in."""

    code = "sign_in_not_allowed"


class AppMisfit(Invalid):
    """What is kept of the App is not what GitHub has of it."""

    code = "sign_in_app_misfit"


class IdentityTaken(Conflict):
    """The account is another user's, or the user has another one there."""

    code = "identity_taken"


class SignIns(Protocol):
    """Ways in through GitHub. What comes back counts once, and only in the browser that went."""

    async def apps(self) -> list[SignInApp]:
        """By which one may."""

    async def begin(self, app: int, return_to: str, linking: Principal | None = None) -> Begun:
        """Go; for `linking` the account becomes theirs, and they stay who they are. Raises AppGone, ActionForbidden."""

    async def complete(
        self, journey: str, returned: Returned, visitor: Visitor, asker: Principal | None = None
    ) -> Completed:
        """Come back. `asker` is who is signed in there already.

        Raises SignInUnusable, SignInCancelled, NotAllowed, AppMisfit, AppGone, IdentityTaken, AttemptsExhausted,
        GitHubUnavailable.
        """

    def refusal(self, error: ThakurError) -> str:
        """Why somebody was not let in, sealed, for the page that they are led to."""

    def refused(self, sealed: str) -> Refusal | None:
        """What was sealed so within a minute, to be shown; else nothing."""
