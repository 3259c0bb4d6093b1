"""What follows when GitHub lets nobody act for a person any more: sessions end, and whom a list let in is out."""

from sqlalchemy import select

from thakur.accounts import Vouching
from thakur.db import Database
from thakur.identities.models import AdmissionRow, IdentityRow


class Endings:
    """Tokens are gone when this is called."""

    def __init__(self, db: Database, vouching: Vouching) -> None:
        self._db = db
        self._vouching = vouching

    async def revoked(self, row: IdentityRow) -> None:
        """The person has taken it back themselves: their sessions end, however they came in."""
        await self._shut_out(row, await self._admitted(row.id))

    async def ended(self, identity_id: int) -> None:
        """GitHub takes their tokens no more. Whether a list still lets them in cannot be asked, so they come in again or not."""
        async with self._db.session() as session:
            row = await session.get(IdentityRow, identity_id)
        team_ids = await self._admitted(identity_id)
        if row is not None and team_ids:
            await self._shut_out(row, team_ids)

    async def _shut_out(self, row: IdentityRow, team_ids: list[int]) -> None:
        await self._vouching.shut_out(row.user_id, team_ids, f"GitHub lets nobody act for {row.login} any more")

    async def _admitted(self, identity_id: int) -> list[int]:
        async with self._db.session() as session:
            is_it = AdmissionRow.identity_id == identity_id
            return list(await session.scalars(select(AdmissionRow.team_id).where(is_it)))
