"""Coming in by a link: who the person becomes, and their session."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.memberships import new_user, roles_of
from thakur.accounts.models import LinkRow, MembershipRow, TeamRow, UserRow
from thakur.accounts.principal import Principal, Role
from thakur.accounts.refusals import OwnerExists
from thakur.accounts.sessions import begin_session
from thakur.accounts.structs import DEFAULT_TEAM, LinkKind, Visitor
from thakur.accounts.trail import note

FIRST_NAME = "owner"


async def enter(session: AsyncSession, link: LinkRow, visitor: Visitor, name: str, asker: Principal | None) -> str:
    """Do what the link, which is used up in this transaction, was made for; returns the secret of a new session.

    Raises OwnerExists, UserNameRefused, UserNameTaken.
    """
    if link.kind == LinkKind.OWNER:
        user = await _become_owner(session, name)
    elif link.kind == LinkKind.INVITATION:
        user = await _join(session, link, name, asker)
    else:
        user = await session.get_one(UserRow, link.user_id)
    roles = await roles_of(session, user.id)
    principal = Principal(
        actor=user.name, user_id=user.id, team_id=next(iter(roles), 0), roles=roles, address=visitor.address
    )
    note(session, principal, "sign in", f"by a link of {link.made_by}", link.team_id)
    return await begin_session(session, user.id, visitor)


async def _become_owner(session: AsyncSession, name: str) -> UserRow:
    # Two links at once: the second sees the first one's owner.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("the first owner", 0))))
    is_owned = select(MembershipRow.user_id).where(MembershipRow.role == Role.OWNER).limit(1)
    if await session.scalar(is_owned) is not None:
        raise OwnerExists("This server has its owner already", hint="Ask for an invitation, or run: thakur login-link")
    user = await new_user(session, name.strip() or FIRST_NAME)
    team_id = await session.scalar(select(TeamRow.id).where(TeamRow.name == DEFAULT_TEAM))
    session.add(MembershipRow(team_id=team_id, user_id=user.id, role=Role.OWNER))
    await session.flush()
    return user


async def _join(session: AsyncSession, link: LinkRow, name: str, asker: Principal | None) -> UserRow:
    if asker is not None and asker.user_id is not None:
        user = await session.get_one(UserRow, asker.user_id)
    else:
        user = await new_user(session, name)
    # Whoever is in the team already keeps the role that they have.
    await session.execute(
        insert(MembershipRow)
        .values(team_id=link.team_id, user_id=user.id, role=link.role)
        .on_conflict_do_nothing(index_elements=[MembershipRow.team_id, MembershipRow.user_id]),
    )
    return user
