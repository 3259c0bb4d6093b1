"""Admitting: who comes from GitHub is a user or becomes one, and is let in as long as somebody of the team or its list says so."""

from contextlib import suppress

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts import Visitor, Vouching
from thakur.db import Database
from thakur.github import GitHubUnavailable
from thakur.identities.admissions import Admissions
from thakur.identities.models import IdentityRow
from thakur.identities.signing.arrived import Arrived
from thakur.identities.signing.interface import NotAllowed
from thakur.identities.standing import Standings
from thakur.identities.tokens import UserTokens
from thakur.installations import SignInApps


class Admitting:
    """An App lets nobody in but to the team that it belongs to: its admins are not those of another team."""

    def __init__(
        self,
        db: Database,
        apps: SignInApps,
        tokens: UserTokens,
        standings: Standings,
        admissions: Admissions,
        vouching: Vouching,
    ) -> None:
        self._db = db
        self._apps = apps
        self._tokens = tokens
        self._standings = standings
        self._admissions = admissions
        self._vouching = vouching

    async def admit(self, arrived: Arrived, visitor: Visitor) -> str:
        """The secret of a new session. Raises NotAllowed, GitHubUnavailable."""
        app, person = arrived.app, arrived.person
        role = await self._standings.role(app.team_id, app.web_url, person.id, arrived.client)
        identity = await self._known(arrived, may_be_new=role is not None)
        if identity is None or not await self._admissions.settle(identity, app.team_id, role, visitor):
            # It was asked for to know who they are, and that is all that it was good for.
            with suppress(GitHubUnavailable):
                await (await self._apps.oauth(app.app)).revoke(arrived.token.access_token)
            raise await self._refusal(arrived)
        async with self._db.session() as session:
            now = {"login": person.login, "signed_in_at": func.now()}
            await session.execute(update(IdentityRow).where(IdentityRow.id == identity.id).values(now))
            await self._tokens.keep(session, identity.id, app.app, arrived.token)
        because = f"as {person.login} of {app.web_url}"
        return await self._vouching.begin(identity.user_id, app.team_id, because, visitor)

    async def _known(self, arrived: Arrived, *, may_be_new: bool) -> IdentityRow | None:
        app, person = arrived.app, arrived.person
        async with self._db.session() as session:
            # Two first sign-ins at once: the second sees the first one's user.
            await lock(session, arrived)
            row = await session.scalar(
                select(IdentityRow).where(IdentityRow.web_url == app.web_url, IdentityRow.number == person.id)
            )
            if row is None and may_be_new:
                user_id = await self._vouching.make_user(person.login)
                row = IdentityRow(user_id=user_id, web_url=app.web_url, number=person.id, login=person.login)
                session.add(row)
        return row

    async def _refusal(self, arrived: Arrived) -> NotAllowed:
        login, app = arrived.person.login, arrived.app
        kinds = {each.kind for each in await self._standings.of(app.team_id, app.web_url)}
        hint = f"An admin allows it on the page Team or with: thakur team allow {login}. Or they invite you by a link."
        if kinds - {"user"}:
            hint += (
                f" Who is in an organisation is told only where the App {app.slug} is installed and may read members."
            )
        return NotAllowed(f"{login} may not sign in here", hint=hint)


async def lock(session: AsyncSession, arrived: Arrived) -> None:
    """Nobody else keeps whose the account is until this transaction has ended."""
    key = f"github identity {arrived.app.web_url} {arrived.person.id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
