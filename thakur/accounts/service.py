"""Teams and principals, as rows."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts.interface import DEFAULT_TEAM, Principal, Role
from thakur.accounts.models import TeamRow
from thakur.db import Database

OPERATOR = "operator"


class LocalAccounts:
    """Implements Accounts on the database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def prepare(self) -> None:
        async with self._db.session() as session:
            await session.execute(insert(TeamRow).values(name=DEFAULT_TEAM).on_conflict_do_nothing())

    async def operator(self) -> Principal:
        async with self._db.session() as session:
            team_ids = {name: team_id for team_id, name in await session.execute(select(TeamRow.id, TeamRow.name))}
        return Principal(
            actor=OPERATOR,
            team_id=team_ids[DEFAULT_TEAM],
            roles=dict.fromkeys(team_ids.values(), Role.OWNER),
        )
