"""Linking: an account of a GitHub becomes a user's who is signed in already."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts import Accounts, Principal
from thakur.db import Database
from thakur.identities.models import IdentityRow
from thakur.identities.signing.admitting import lock
from thakur.identities.signing.arrived import Arrived
from thakur.identities.signing.interface import IdentityTaken
from thakur.identities.tokens import UserTokens


class Linking:
    """Keeps whose an account is."""

    def __init__(self, db: Database, tokens: UserTokens, accounts: Accounts) -> None:
        self._db = db
        self._tokens = tokens
        self._accounts = accounts

    async def link(self, arrived: Arrived, user_id: int, asker: Principal) -> None:
        """Raises IdentityTaken."""
        async with self._db.session() as session:
            await lock(session, arrived)
            row = await _own(session, arrived, user_id)
            row.login = arrived.person.login
            await self._tokens.keep(session, row.id, arrived.app.app, arrived.token)
        await self._accounts.audit(asker, "link github", f"{arrived.person.login} of {arrived.app.web_url}")


async def _own(session: AsyncSession, arrived: Arrived, user_id: int) -> IdentityRow:
    site, person = arrived.app.web_url, arrived.person
    held = await session.scalar(select(IdentityRow).where(IdentityRow.web_url == site, IdentityRow.number == person.id))
    if held is not None and held.user_id != user_id:
        raise IdentityTaken(
            f"{person.login} is linked with another user of this server",
            hint="Sign in as that user and unlink it there, or choose another account on GitHub.",
        )
    own = held or await session.scalar(
        select(IdentityRow).where(IdentityRow.web_url == site, IdentityRow.user_id == user_id).with_for_update()
    )
    if own is None:
        own = IdentityRow(user_id=user_id, web_url=site, number=person.id, login=person.login)
        session.add(own)
        await session.flush()
    elif own.number != person.id:
        raise IdentityTaken(f"You are linked with {own.login} already", hint="Unlink that one first.")
    return own
