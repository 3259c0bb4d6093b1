"""Teams and their members, as rows."""

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.memberships import USER_CHARACTERS, is_name, roles_of, team_of
from thakur.accounts.models import MembershipRow, SessionRow, TeamRow, TokenRow, UserRow
from thakur.accounts.principal import Action, ActionForbidden, Principal, Role
from thakur.accounts.refusals import LastOwner, TeamNameRefused, TeamNameTaken, UserNotFound
from thakur.accounts.structs import Member, Team
from thakur.accounts.trail import note
from thakur.db import Database

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list


class LocalTeams:
    """Implements Teams on the database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def list(self, principal: Principal) -> list[Team]:
        async with self._db.session() as session:
            rows = await session.scalars(
                select(TeamRow).where(TeamRow.id.in_(principal.team_ids)).order_by(TeamRow.name),
            )
            return [
                Team(id=row.id, name=row.name, role=principal.roles[row.id], created_at=row.created_at) for row in rows
            ]

    async def make(self, principal: Principal, name: str) -> Team:
        principal.require(Action.CREATE_TEAM, principal.team_id)
        if not is_name(name):
            raise TeamNameRefused(
                f"{name or 'Nothing'} is no name for a team",
                hint=f"Use up to {USER_CHARACTERS} small letters, digits, dots and dashes.",
                field="name",
            )
        async with self._db.session() as session:
            row = await session.scalar(
                insert(TeamRow).values(name=name).on_conflict_do_nothing().returning(TeamRow),
            )
            if row is None:
                raise TeamNameTaken(f"There is a team {name} already", hint="Choose another name.", field="name")
            if principal.user_id is not None:
                session.add(MembershipRow(team_id=row.id, user_id=principal.user_id, role=Role.OWNER))
            note(session, principal, "make team", name, row.id)
            return Team(id=row.id, name=row.name, role=Role.OWNER, created_at=row.created_at)

    async def members(self, principal: Principal, team: str) -> list_of[Member]:
        order = case({role: role.rank for role in Role}, value=MembershipRow.role)
        async with self._db.session() as session:
            found = await team_of(session, principal, team)
            rows = await session.execute(
                select(UserRow.name, MembershipRow.role, MembershipRow.created_at)
                .join(UserRow, UserRow.id == MembershipRow.user_id)
                .where(MembershipRow.team_id == found.id)
                .order_by(order.desc(), UserRow.name),
            )
            return [Member(user=user, role=Role(role), since=since) for user, role, since in rows]

    async def change_role(self, principal: Principal, team: str, user: str, role: Role) -> Member:
        async with self._db.session() as session:
            found = await team_of(session, principal, team)
            principal.require(Action.MANAGE_MEMBERS, found.id)
            row = await _member(session, found, user)
            _check_reach(principal, found, max(Role(row.role), role, key=lambda one: one.rank))
            if role is not Role.OWNER:
                await _keep_an_owner(session, found, row)
            await session.execute(
                update(MembershipRow)
                .where(MembershipRow.team_id == found.id, MembershipRow.user_id == row.user_id)
                .values(role=role),
            )
            note(session, principal, "change role", f"{user} from {row.role} to {role}", found.id)
            return Member(user=user, role=role, since=row.created_at)

    async def remove(self, principal: Principal, team: str, user: str) -> None:
        async with self._db.session() as session:
            found = await team_of(session, principal, team)
            row = await _member(session, found, user, principal)
            if row.user_id != principal.user_id:
                _check_reach(principal, found, Role(row.role))
            await _keep_an_owner(session, found, row)
            gone = (MembershipRow.team_id == found.id) & (MembershipRow.user_id == row.user_id)
            await session.execute(delete(MembershipRow).where(gone))
            await session.execute(
                delete(TokenRow).where(TokenRow.team_id == found.id, TokenRow.user_id == row.user_id),
            )
            if not await roles_of(session, row.user_id):
                await session.execute(delete(SessionRow).where(SessionRow.user_id == row.user_id))
            note(session, principal, "remove member", user, found.id)


async def _member(session: AsyncSession, team: TeamRow, user: str, leaving: Principal | None = None) -> MembershipRow:
    # Held until the end, so that two changes at once cannot take both of the last two owners.
    await session.execute(select(TeamRow.id).where(TeamRow.id == team.id).with_for_update())
    row = await session.scalar(
        select(MembershipRow)
        .join(UserRow, UserRow.id == MembershipRow.user_id)
        .where(MembershipRow.team_id == team.id, UserRow.name == user)
        .execution_options(populate_existing=True),
    )
    if leaving is not None and (row is None or row.user_id != leaving.user_id):
        leaving.require(Action.MANAGE_MEMBERS, team.id)
    if row is None:
        raise UserNotFound(f"{team.name} has no member {user}", hint=f"thakur team --team {team.name} lists them.")
    session.expunge(row)
    return row


def _check_reach(principal: Principal, team: TeamRow, role: Role) -> None:
    if role.rank > principal.roles[team.id].rank:
        raise ActionForbidden(f"Only an {role} may do that to an {role}", hint=f"Ask an {role} of the team.")


async def _keep_an_owner(session: AsyncSession, team: TeamRow, changed: MembershipRow) -> None:
    if changed.role != Role.OWNER:
        return
    owners = await session.scalar(
        select(func.count()).where(MembershipRow.team_id == team.id, MembershipRow.role == Role.OWNER),
    )
    if owners == 1:
        raise LastOwner(f"{team.name} has no other owner", hint="Make somebody else the owner first.")
