"""Identities, as rows: a user's accounts of GitHubs, what acts for them there, and how that ends."""

from contextlib import suppress

from sqlalchemy import delete, exists, select

from thakur.accounts import Action, Principal
from thakur.db import Database
from thakur.github import GitHubUnavailable, User
from thakur.identities.endings import Endings
from thakur.identities.interface import Identity, IdentityNeeded, IdentityNotFound
from thakur.identities.models import AdmissionRow, IdentityRow, TokenRow
from thakur.identities.tokens import UserTokens
from thakur.installations import AppGone, SignInApps


class LocalIdentities:
    """Implements Identities on the database."""

    def __init__(self, db: Database, tokens: UserTokens, apps: SignInApps, endings: Endings) -> None:
        self._db = db
        self._tokens = tokens
        self._apps = apps
        self._endings = endings

    async def of(self, principal: Principal) -> list[Identity]:
        came_in = exists().where(AdmissionRow.identity_id == IdentityRow.id)
        async with self._db.session() as session:
            rows = await session.execute(
                select(IdentityRow, came_in)
                .where(IdentityRow.user_id == principal.user_id)
                .order_by(IdentityRow.web_url)
            )
            return [
                Identity(id=row.id, web_url=row.web_url, login=row.login, came_in=came, since=row.created_at)
                for row, came in rows
            ]

    async def client(self, principal: Principal, app: int | None = None) -> User | None:
        seen = [each for each in await self._apps.every() if each.team_id in principal.roles]
        wanted = [each.app for each in seen if each.app == app or (app is None and each.team_id == principal.team_id)]
        async with self._db.session() as session:
            found = await session.execute(
                select(TokenRow.identity_id, TokenRow.app_id)
                .join(IdentityRow, IdentityRow.id == TokenRow.identity_id)
                .where(IdentityRow.user_id == principal.user_id, TokenRow.app_id.in_(wanted))
                .order_by(TokenRow.app_id)
                .limit(1)
            )
            if (one := found.one_or_none()) is None:
                return None
        return await self.acting(one.identity_id, one.app_id)

    async def apps(self, principal: Principal) -> set[int]:
        seen = [each.app for each in await self._apps.every() if each.team_id in principal.roles]
        is_own = (IdentityRow.user_id == principal.user_id, TokenRow.app_id.in_(seen))
        async with self._db.session() as session:
            held = select(TokenRow.app_id).join(IdentityRow, IdentityRow.id == TokenRow.identity_id).where(*is_own)
            return set(await session.scalars(held))

    async def acting(self, identity_id: int, app: int) -> User:
        """What asks through the App as the person. For jobs, which act for nobody. Raises AppGone."""
        return await self._apps.user(app, _Bearer(self._tokens, identity_id, app), f"user {identity_id} of app {app}")

    async def unlink(self, principal: Principal, identity_id: int) -> None:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        is_own = (IdentityRow.id == identity_id, IdentityRow.user_id == principal.user_id)
        async with self._db.session() as session:
            row = await session.scalar(select(IdentityRow).where(*is_own).with_for_update())
            if row is None:
                raise IdentityNotFound("You have no such account of a GitHub", hint="The page Account lists yours.")
            if await session.scalar(select(AdmissionRow.team_id).where(AdmissionRow.identity_id == row.id).limit(1)):
                raise IdentityNeeded(
                    f"{row.login} is what lets you into your team",
                    hint="To go for good, leave the team on the page Team.",
                )
            held = await self._tokens.held(row.id)
            await session.execute(delete(IdentityRow).where(IdentityRow.id == row.id))
        for app, access_token in held:
            await self._revoke(app, access_token)

    async def revoked(self, app: int, number: int) -> None:
        site = next((each.web_url for each in await self._apps.every() if each.app == app), None)
        async with self._db.session() as session:
            row = await session.scalar(
                select(IdentityRow)
                .join(TokenRow, TokenRow.identity_id == IdentityRow.id)
                .where(IdentityRow.web_url == site, IdentityRow.number == number, TokenRow.app_id == app)
            )
        if row is not None and await self._tokens.drop(row.id, app):
            await self._endings.revoked(row)

    async def _revoke(self, app: int, access_token: str) -> None:
        # What is left on GitHub is of no use to anybody here: it was never anywhere else.
        with suppress(GitHubUnavailable, AppGone):
            await (await self._apps.oauth(app)).revoke(access_token)


class _Bearer:
    """Implements Bearer for one person and App."""

    def __init__(self, tokens: UserTokens, identity_id: int, app: int) -> None:
        self._tokens = tokens
        self._identity_id = identity_id
        self._app = app

    async def token(self) -> str:
        return await self._tokens.fresh(self._identity_id, self._app)

    async def renewed(self, refused: str) -> str:
        return await self._tokens.renewed(self._identity_id, self._app, refused)
