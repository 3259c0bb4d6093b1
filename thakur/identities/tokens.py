"""Tokens of people, as rows: each renews itself once for everybody who asks, and is gone when GitHub takes it no more."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.background import Tasks
from thakur.db import Database
from thakur.errors import ThakurError
from thakur.github import GrantRefused, OAuth, UserToken
from thakur.identities.interface import SignInAgain
from thakur.identities.models import TokenRow
from thakur.identities.secrets import columns, opened
from thakur.installations import SignInApps
from thakur.security import Sealer

RENEW_BEFORE = timedelta(minutes=2)
# Each holds a connection to the database while GitHub is asked.
RENEWALS = 3
# GitHub's word for a refresh token that it does not take any more.
ENDED = "bad_refresh_token"

# Called when a person's tokens are gone, with the identity.
Ended = Callable[[int], Awaitable[None]]


class UserTokens:
    """`ended` is called when GitHub has taken none of a person's any more."""

    def __init__(self, db: Database, sealer: Sealer, apps: SignInApps, ended: Ended) -> None:
        self._db = db
        self._sealer = sealer
        self._apps = apps
        self._ended = ended
        self._tasks = Tasks()
        self._turns: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(RENEWALS)

    async def keep(self, session: AsyncSession, identity_id: int, app: int, token: UserToken) -> None:
        """In place of the one before, in this transaction."""
        values = columns(self._sealer, identity_id, app, token)
        keys = {"identity_id": identity_id, "app_id": app}
        await session.execute(
            insert(TokenRow).values(keys | values).on_conflict_do_update(index_elements=list(keys), set_=values)
        )

    async def fresh(self, identity_id: int, app: int) -> str:
        """The token of now. Raises SignInAgain, GitHubUnavailable."""
        async with self._db.session() as session:
            row = await session.get(TokenRow, (identity_id, app))
        token = self._opened(row)
        return token.access_token if _is_fresh(token) else await self.renewed(identity_id, app, token.access_token)

    async def renewed(self, identity_id: int, app: int, refused: str) -> str:
        """The one after `refused`, or the one that somebody has got since. Raises as `fresh` does."""
        # The tokens before die with the first answer: whoever asked may go away, and the answer is kept all the same.
        work = self._tasks.spawn(self._in_turn(identity_id, app, refused), name=f"renewal {identity_id}")
        found: str | ThakurError = await asyncio.shield(work)
        if isinstance(found, ThakurError):
            raise found
        return found

    async def held(self, identity_id: int) -> list[tuple[int, str]]:
        """The Apps through which somebody may act for the person, and with what."""
        async with self._db.session() as session:
            rows = await session.scalars(select(TokenRow).where(TokenRow.identity_id == identity_id))
            return [(row.app_id, opened(self._sealer, row).access_token) for row in rows]

    async def drop(self, identity_id: int, app: int) -> bool:
        """Forget them; whether there were any."""
        async with self._db.session() as session:
            is_it = (TokenRow.identity_id == identity_id, TokenRow.app_id == app)
            gone = await session.scalar(delete(TokenRow).where(*is_it).returning(TokenRow.app_id))
        return gone is not None

    async def stop(self) -> None:
        """May be called twice."""
        await self._tasks.stop()

    async def _in_turn(self, identity_id: int, app: int, refused: str) -> str | ThakurError:
        turn = self._turns.setdefault((identity_id, app), asyncio.Lock())
        try:
            async with turn, self._slots:
                token, is_gone = await self._renew(identity_id, app, refused)
            if is_gone:
                await self._ended(identity_id)
        except ThakurError as error:
            return error
        return token or _again()

    async def _renew(self, identity_id: int, app: int, refused: str) -> tuple[str, bool]:
        oauth = await self._apps.oauth(app)
        async with self._db.session() as session:
            # Held while GitHub is asked: another process that renewed them too would be left with dead ones.
            row = await session.get(TokenRow, (identity_id, app), with_for_update=True)
            token = self._opened(row)
            if token.access_token != refused and _is_fresh(token):
                return token.access_token, False
            new = await _after(oauth, token)
            if new is None:
                await session.delete(row)
                return "", True
            await self.keep(session, identity_id, app, new)
        return new.access_token, False

    def _opened(self, row: TokenRow | None) -> UserToken:
        if row is None:
            raise _again()
        return opened(self._sealer, row)


async def _after(oauth: OAuth, token: UserToken) -> UserToken | None:
    if not token.refresh_token:
        return None
    try:
        return await oauth.refresh(token.refresh_token)
    except GrantRefused as refusal:
        # Any other reason lies with the App, whose secret may be right again tomorrow.
        if refusal.reason != ENDED:
            raise
        return None


def _is_fresh(token: UserToken) -> bool:
    return token.expires_at is None or token.expires_at - datetime.now(UTC) > RENEW_BEFORE


def _again() -> SignInAgain:
    return SignInAgain(
        "GitHub does not let this server act for you any more", hint="Sign in with GitHub again, on the page Account."
    )
