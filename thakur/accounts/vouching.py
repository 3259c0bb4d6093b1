"""Users for whom another place vouches: they come in without a link, and go when that place does not know them any more."""

import re
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.memberships import RESERVED, USER_CHARACTERS, is_name, roles_of
from thakur.accounts.models import MembershipRow, SessionRow, TeamRow, TokenRow, UserRow
from thakur.accounts.principal import Principal, Role
from thakur.accounts.refusals import UserNameTaken, UserNotFound
from thakur.accounts.sessions import begin_session
from thakur.accounts.structs import Visitor
from thakur.accounts.trail import note
from thakur.db import Database

MOST_ALIKE = 1000
# Room for a number behind it.
LONGEST_PLAIN = USER_CHARACTERS - 4


class LocalVouching:
    """Implements Vouching on the database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def make_user(self, wanted: str) -> int:
        async with self._db.session() as session:
            for name in _names(wanted):
                made = insert(UserRow).values(name=name).on_conflict_do_nothing().returning(UserRow.id)
                if (user_id := await session.scalar(made)) is not None:
                    return user_id
        raise UserNameTaken(f"There are too many users whose name begins with {wanted[:USER_CHARACTERS]}")

    async def join(self, user_id: int, team_id: int, role: Role, because: str, visitor: Visitor) -> None:
        async with self._db.session() as session:
            made = insert(MembershipRow).values(team_id=team_id, user_id=user_id, role=role)
            joined = await session.scalar(made.on_conflict_do_nothing().returning(MembershipRow.user_id))
            if joined is not None:
                user = await session.get_one(UserRow, user_id)
                note(session, _acting(user, team_id, visitor), "join", f"as {role}, {because}", team_id)

    async def team_ids(self, user_id: int) -> set[int]:
        async with self._db.session() as session:
            return set(await roles_of(session, user_id))

    async def begin(self, user_id: int, team_id: int, because: str, visitor: Visitor) -> str:
        async with self._db.session() as session:
            user = await session.get_one(UserRow, user_id)
            if team_id not in await roles_of(session, user_id):
                raise UserNotFound(f"{user.name} is not in the team any more")
            note(session, _acting(user, team_id, visitor), "sign in", because, team_id)
            return await begin_session(session, user_id, visitor)

    async def change_role(self, user_id: int, team_id: int, before: Role, role: Role, because: str) -> bool:
        is_it = (MembershipRow.team_id == team_id, MembershipRow.user_id == user_id, MembershipRow.role == before)
        async with self._db.session() as session:
            changed = await session.scalar(
                update(MembershipRow).where(*is_it).values(role=role).returning(MembershipRow.user_id)
            )
            if changed is not None:
                user = await session.get_one(UserRow, user_id)
                subject = f"{user.name} from {before} to {role}, {because}"
                note(session, _acting(user, team_id), "change role", subject, team_id)
        return changed is not None

    async def shut_out(self, user_id: int, team_ids: Collection[int], because: str) -> None:
        async with self._db.session() as session:
            is_there = (TokenRow.user_id == user_id, TokenRow.team_id.in_(team_ids))
            tokens = await session.scalars(delete(TokenRow).where(*is_there).returning(TokenRow.id))
            if not [*tokens, *await _end_sessions(session, user_id)]:
                return
            user = await session.get_one(UserRow, user_id)
            for team_id in await roles_of(session, user_id):
                note(session, _acting(user, team_id), "end sessions", because, team_id)

    async def leave(self, user_id: int, team_id: int, because: str) -> bool:
        async with self._db.session() as session:
            # As every change of members does, so that a team keeps its owner.
            await session.execute(select(TeamRow.id).where(TeamRow.id == team_id).with_for_update())
            is_it = (MembershipRow.team_id == team_id, MembershipRow.user_id == user_id)
            role = await session.scalar(select(MembershipRow.role).where(*is_it))
            if role == Role.OWNER:
                return False
            await session.execute(delete(MembershipRow).where(*is_it))
            await session.execute(delete(TokenRow).where(TokenRow.team_id == team_id, TokenRow.user_id == user_id))
            if not await roles_of(session, user_id):
                await _end_sessions(session, user_id)
            if role is not None:
                user = await session.get_one(UserRow, user_id)
                note(session, _acting(user, team_id), "leave", because, team_id)
        return True


async def _end_sessions(session: AsyncSession, user_id: int) -> Sequence[int]:
    ended = await session.scalars(delete(SessionRow).where(SessionRow.user_id == user_id).returning(SessionRow.id))
    return ended.all()


def _acting(user: UserRow, team_id: int, visitor: Visitor | None = None) -> Principal:
    address = visitor.address if visitor else ""
    return Principal(actor=user.name, user_id=user.id, team_id=team_id, roles={}, address=address)


def _names(wanted: str) -> Iterator[str]:
    # The name that they have elsewhere may be somebody's here already.
    plain = re.sub("[^a-z0-9._-]+", "-", wanted.lower()).strip("._-")[:LONGEST_PLAIN].rstrip("._-")
    base = plain if is_name(plain) else "user"
    if base not in RESERVED:
        yield base
    yield from (f"{base}-{number}" for number in range(2, MOST_ALIKE))
