"""Departures, as rows: who has left for GitHub with a state, for which team. Each comes back once, within an hour, as who left."""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts import Principal
from thakur.db import Database
from thakur.github import Site
from thakur.installations.models import DepartureRow
from thakur.installations.registering.interface import StateRefused

# GitHub gives as long for the whole way.
LIFE = timedelta(hours=1)
# Each look at the page is ready to be one.
OPEN_ONES = 20

Row = DepartureRow


class Departure(NamedTuple):
    """What somebody left for: to make an App at the site, or to install the one of that row."""

    team_id: int
    site: Site
    app: int | None


class Departures:
    """States are kept as hashes, and bound to the session that left."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, principal: Principal, site: Site, app: int | None = None) -> str:
        """The state to leave with."""
        state = secrets.token_urlsafe(32)
        async with self._db.session() as session:
            await _forget_old(session, principal)
            session.add(
                Row(
                    hash=_hash_of(state),
                    team_id=principal.team_id,
                    session_id=principal.session_id,
                    user_id=principal.user_id,
                    web_url=site.web_url,
                    api_url=site.api_url,
                    app_id=app,
                    expires_at=func.now() + LIFE,
                )
            )
        return state

    async def take(self, principal: Principal, state: str, *, is_for_app: bool) -> Departure:
        """What this state was for; nobody is told again. Raises StateRefused."""
        is_it = (
            Row.hash == _hash_of(state),
            Row.used_at.is_(None),
            Row.expires_at > func.now(),
            Row.session_id.is_not_distinct_from(principal.session_id),
            Row.user_id.is_not_distinct_from(principal.user_id),
            Row.app_id.is_(None) if is_for_app else Row.app_id.is_not(None),
        )
        async with self._db.session() as session:
            row = await session.scalar(update(Row).where(*is_it).values(used_at=func.now()).returning(Row))
        if row is None:
            raise StateRefused(
                "This does not come from a connection that was begun in this browser within the last hour",
                hint="What is in the list is connected. For anything else begin again with Connect GitHub, and delete on GitHub"
                " an App that was made meanwhile.",
            )
        return Departure(row.team_id, Site(row.web_url, row.api_url), row.app_id)

    async def put_back(self, state: str) -> None:
        """Nothing came of it yet: it may be taken once more."""
        async with self._db.session() as session:
            await session.execute(update(Row).where(Row.hash == _hash_of(state)).values(used_at=None))


async def _forget_old(session: AsyncSession, principal: Principal) -> None:
    is_own = (
        Row.session_id.is_not_distinct_from(principal.session_id),
        Row.user_id.is_not_distinct_from(principal.user_id),
    )
    newest = select(Row.hash).where(*is_own).order_by(Row.expires_at.desc()).limit(OPEN_ONES)
    await session.execute(delete(Row).where(Row.expires_at < func.now()))
    await session.execute(delete(Row).where(*is_own, Row.hash.not_in(newest)))


def _hash_of(state: str) -> bytes:
    return hashlib.sha256(state.encode(errors="surrogatepass")).digest()
