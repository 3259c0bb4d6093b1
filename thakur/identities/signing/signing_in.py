"""Signing in: a browser goes to GitHub with a journey, and comes back with a code that nobody else can use."""

import hashlib
import hmac
import logging
from datetime import timedelta
from typing import Protocol

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Action, Principal, Visitor
from thakur.db import Database
from thakur.errors import ThakurError
from thakur.github import GrantRefused, UserToken
from thakur.identities.models import JourneyRow
from thakur.identities.signing.admitting import Admitting
from thakur.identities.signing.arrived import arrived
from thakur.identities.signing.interface import (
    SIGN_IN_LIFE,
    AppMisfit,
    Begun,
    Completed,
    NotAllowed,
    Refusal,
    Returned,
    SignInCancelled,
    SignInUnusable,
)
from thakur.identities.signing.journeys import Envelopes, Journey
from thakur.identities.signing.linking import Linking
from thakur.installations import AppGone, SignInApp, SignInApps

CODE_CHARACTERS = 200
MARGIN = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Attempts(Protocol):
    """Implemented beside accounts: how often wrong secrets may be tried."""

    def check(self, address: str) -> None:
        """Raises AttemptsExhausted."""

    def fail(self, address: str) -> None:
        """Note a wrong one."""

    def succeed(self, address: str) -> None:
        """Note a right one."""


class LocalSignIns:
    """Implements SignIns on the database. `callback_url` is of this server's own settings, never of a request."""

    def __init__(
        self,
        db: Database,
        apps: SignInApps,
        envelopes: Envelopes,
        admitting: Admitting,
        linking: Linking,
        attempts: Attempts,
        callback_url: str,
    ) -> None:
        self._db = db
        self._apps = apps
        self._envelopes = envelopes
        self._admitting = admitting
        self._linking = linking
        self._attempts = attempts
        self._callback_url = callback_url

    async def apps(self) -> list[SignInApp]:
        return await self._apps.every()

    async def begin(self, app: int, return_to: str, linking: Principal | None = None) -> Begun:
        if linking is not None:
            linking.require(Action.MANAGE_ACCOUNT, linking.team_id)
        way = await self._app(app)
        if linking is not None and way.team_id not in linking.roles:
            raise _gone()
        oauth = await self._apps.oauth(app)
        journey = self._envelopes.journey(app, return_to, linking.user_id if linking else None)
        url = oauth.authorize_url(self._callback_url, journey.state, journey.verifier)
        return Begun(url=url, journey=self._envelopes.seal(journey))

    async def complete(
        self, journey: str, returned: Returned, visitor: Visitor, asker: Principal | None = None
    ) -> Completed:
        self._attempts.check(visitor.address)
        try:
            completed = await self._complete(journey, returned, visitor, asker)
        except (SignInUnusable, NotAllowed) as refusal:
            self._attempts.fail(visitor.address)
            log.info("sign-in refused", extra={"code": refusal.code, "address": visitor.address})
            raise
        self._attempts.succeed(visitor.address)
        return completed

    def refusal(self, error: ThakurError) -> str:
        return self._envelopes.seal(self._envelopes.refusal(error))

    def refused(self, sealed: str) -> Refusal | None:
        return self._envelopes.open(sealed, Refusal)

    async def _complete(self, journey: str, returned: Returned, visitor: Visitor, asker: Principal | None) -> Completed:
        found = await self._returned(journey, returned, asker)
        token = await self._token(found, returned.code)
        person = await arrived(self._apps, await self._app(found.app), token)
        if found.linking_user_id is not None and asker is not None:
            await self._linking.link(person, found.linking_user_id, asker)
            return Completed(session=None, return_to=found.return_to)
        return Completed(session=await self._admitting.admit(person, visitor), return_to=found.return_to)

    async def _returned(self, text: str, returned: Returned, asker: Principal | None) -> Journey:
        journey = self._envelopes.open(text, Journey)
        if journey is None or not hmac.compare_digest(journey.state.encode(), returned.state.encode()):
            raise _unusable()
        if not await self._is_first(journey.state):
            raise _unusable()
        if journey.linking_user_id is not None and (asker is None or asker.user_id != journey.linking_user_id):
            raise _unusable()
        if returned.error == "access_denied":
            raise SignInCancelled("You did not let Thakur in at GitHub", hint="Begin again if that was not meant.")
        if returned.error or not 0 < len(returned.code) <= CODE_CHARACTERS:
            raise _unusable()
        return journey

    async def _is_first(self, state: str) -> bool:
        values = {"hash": hashlib.sha256(state.encode()).digest(), "expires_at": func.now() + SIGN_IN_LIFE + MARGIN}
        async with self._db.session() as session:
            await session.execute(delete(JourneyRow).where(JourneyRow.expires_at < func.now()))
            made = insert(JourneyRow).values(values).on_conflict_do_nothing().returning(JourneyRow.hash)
            return await session.scalar(made) is not None

    async def _token(self, journey: Journey, code: str) -> UserToken:
        oauth = await self._apps.oauth(journey.app)
        try:
            return await oauth.exchange(code, self._callback_url, journey.verifier)
        except GrantRefused as refusal:
            if refusal.reason == "bad_verification_code":
                raise _unusable() from refusal
            raise _misfit(refusal.reason, self._callback_url) from refusal

    async def _app(self, app: int) -> SignInApp:
        for each in await self._apps.every():
            if each.app == app:
                return each
        raise _gone()


def _gone() -> AppGone:
    return AppGone("Nobody signs in by this GitHub App any more", hint="Begin again with what the page offers now.")


def _unusable() -> SignInUnusable:
    # The same words for every reason: whoever tries learns nothing.
    return SignInUnusable(
        "This sign-in was not begun in this browser, took longer than ten minutes, or was used before",
        hint="Begin again here, and come back in the same browser.",
    )


def _misfit(reason: str, callback_url: str) -> AppMisfit:
    hints = {
        "redirect_uri_mismatch": f"An admin adds this callback URL in the App's settings on GitHub: {callback_url}",
        "incorrect_client_credentials": "An admin makes a new client secret on GitHub and gives it here: thakur github add",
        "unverified_user_email": "Confirm your e-mail address on GitHub, then begin again.",
    }
    return AppMisfit(
        f"GitHub does not let this server's App sign anybody in ({reason})",
        hint=hints.get(reason, "An admin compares the App's settings on GitHub with what is kept of it here."),
    )
