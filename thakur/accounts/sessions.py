"""Sessions, as rows."""

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.memberships import roles_of, team_of
from thakur.accounts.models import SessionRow, UserRow
from thakur.accounts.principal import Action, Principal
from thakur.accounts.refusals import SessionNotFound
from thakur.accounts.secrets import hash_of, new_secret
from thakur.accounts.structs import SESSION_IDLE, SESSION_LIFE, Session, Visitor
from thakur.accounts.trail import note
from thakur.db import Database

# How exact `used_at` is: a page of many requests writes once.
USED_EVERY = timedelta(minutes=1)
AGENT_CHARACTERS = 200

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list


class LocalSessions:
    """Implements Sessions on the database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def principal(self, secret: str, address: str) -> Principal | None:
        now = func.now()
        async with self._db.session() as session:
            found = await session.execute(
                select(SessionRow, UserRow.name, SessionRow.used_at < now - USED_EVERY)
                .join(UserRow, UserRow.id == SessionRow.user_id)
                .where(
                    SessionRow.hash == hash_of(secret),
                    SessionRow.expires_at > now,
                    SessionRow.used_at > now - SESSION_IDLE,
                ),
            )
            if (one := found.one_or_none()) is None:
                return None
            row, name, is_due = one
            if is_due:
                row.used_at, row.address = now, address
            roles = await roles_of(session, row.user_id)
            team_id = row.team_id if row.team_id in roles else next(iter(roles), 0)
            return Principal(
                actor=name,
                team_id=team_id,
                roles=roles,
                user_id=row.user_id,
                session_id=row.id,
                address=address,
            )

    async def list(self, principal: Principal) -> list[Session]:
        now = func.now()
        async with self._db.session() as session:
            rows = await session.scalars(
                select(SessionRow)
                .where(
                    SessionRow.user_id == principal.user_id,
                    SessionRow.expires_at > now,
                    SessionRow.used_at > now - SESSION_IDLE,
                )
                .order_by(SessionRow.id.desc()),
            )
            return [
                Session(
                    id=row.id,
                    user_agent=row.user_agent,
                    address=row.address,
                    created_at=row.created_at,
                    used_at=row.used_at,
                    is_current=row.id == principal.session_id,
                )
                for row in rows
            ]

    async def end(self, principal: Principal, session_id: int) -> None:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        async with self._db.session() as session:
            gone = await session.scalar(
                delete(SessionRow)
                .where(SessionRow.id == session_id, SessionRow.user_id == principal.user_id)
                .returning(SessionRow.id),
            )
            if gone is None:
                raise SessionNotFound(f"You have no session {session_id}")
            note(session, principal, "end session", str(session_id))

    async def end_others(self, principal: Principal) -> int:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        async with self._db.session() as session:
            gone = await session.scalars(
                delete(SessionRow)
                .where(SessionRow.user_id == principal.user_id, SessionRow.id != (principal.session_id or 0))
                .returning(SessionRow.id),
            )
            count = len(list_of(gone))
            note(session, principal, "end other sessions", str(count))
        return count

    async def leave(self, principal: Principal) -> None:
        async with self._db.session() as session:
            await session.execute(delete(SessionRow).where(SessionRow.id == principal.session_id))
            note(session, principal, "sign out", "")

    async def act_in(self, principal: Principal, team: str) -> None:
        async with self._db.session() as session:
            row = await team_of(session, principal, team)
            if principal.session_id is None:
                raise SessionNotFound("Only a session can change the team that it acts in")
            await session.execute(
                update(SessionRow).where(SessionRow.id == principal.session_id).values(team_id=row.id),
            )


async def begin_session(session: AsyncSession, user_id: int, visitor: Visitor) -> str:
    """Add a session to the transaction; returns its secret, always a new one."""
    secret = new_secret()
    session.add(
        SessionRow(
            hash=hash_of(secret),
            user_id=user_id,
            user_agent=visitor.user_agent[:AGENT_CHARACTERS],
            address=visitor.address,
            expires_at=func.now() + SESSION_LIFE,
        )
    )
    await session.flush()
    # What has ended is of no use to anybody; a login is rare enough to clear it away with.
    now = func.now()
    await session.execute(
        delete(SessionRow).where((SessionRow.expires_at < now) | (SessionRow.used_at < now - SESSION_IDLE))
    )
    return secret
