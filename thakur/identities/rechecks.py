"""Rechecks: whom a list let in is looked at again every hour, as is everybody of a team whose list has changed."""

import logging
from datetime import timedelta

from thakur.accounts import Vouching
from thakur.db import Database
from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable
from thakur.identities.admissions import Admissions
from thakur.identities.identities import LocalIdentities
from thakur.identities.interface import SignInAgain
from thakur.identities.models import AdmissionRow, IdentityRow
from thakur.identities.standing import Standings
from thakur.identities.tokens import UserTokens
from thakur.installations import SignInApps

AT_ONCE = 10
# GitHub is away: nobody is put out for that.
AGAIN = timedelta(minutes=5)

log = logging.getLogger(__name__)


class Rechecks:
    """`look` is called every second."""

    def __init__(
        self,
        db: Database,
        apps: SignInApps,
        identities: LocalIdentities,
        tokens: UserTokens,
        standings: Standings,
        admissions: Admissions,
        vouching: Vouching,
    ) -> None:
        self._db = db
        self._apps = apps
        self._identities = identities
        self._tokens = tokens
        self._standings = standings
        self._admissions = admissions
        self._vouching = vouching

    async def look(self) -> bool:
        """Whether somebody was looked at."""
        claimed = await self._admissions.claim(AT_ONCE)
        for each in claimed:
            try:
                await self._recheck(each)
            except GitHubUnavailable:
                await self._admissions.look_again(each, AGAIN)
            except SignInAgain:
                # Their sessions have ended with their tokens.
                continue
            except ThakurError as error:
                log.warning("person cannot be looked at", extra={"user_id": each.user_id, "reason": error.message})
        return len(claimed) == AT_ONCE

    async def _recheck(self, row: AdmissionRow) -> None:
        async with self._db.session() as session:
            identity = await session.get(IdentityRow, row.identity_id)
        if identity is None:
            return
        app = await self._app(row)
        if app is None:
            await self._vouching.shut_out(row.user_id, [row.team_id], "no GitHub App of the team can ask about them")
            return
        client = await self._identities.acting(identity.id, app)
        person = await client.user()
        role = await self._standings.role(row.team_id, identity.web_url, person.id, client)
        await self._admissions.settle(identity, row.team_id, role)

    async def _app(self, row: AdmissionRow) -> int | None:
        own = {each.app for each in await self._apps.every() if each.team_id == row.team_id}
        return next((app for app, _ in await self._tokens.held(row.identity_id) if app in own), None)
