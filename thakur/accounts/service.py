"""The operator and the audit log, as rows."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts.models import TeamRow
from thakur.accounts.principal import Principal, Role
from thakur.accounts.structs import DEFAULT_TEAM, AuditEvent
from thakur.accounts.trail import note, noted
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

    async def audit(self, principal: Principal, action: str, subject: str, team_id: int | None = None) -> None:
        async with self._db.session() as session:
            note(session, principal, action, subject, team_id)

    async def events(self, principal: Principal, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
        async with self._db.session() as session:
            return await noted(session, principal, before, limit)
