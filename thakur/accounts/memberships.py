"""Who is in which team, as queries that the other rows' files share."""

import re

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.models import MembershipRow, TeamRow, UserRow
from thakur.accounts.principal import Principal, Role
from thakur.accounts.refusals import TeamNotFound, UserNameRefused, UserNameTaken

USER_CHARACTERS = 39
# The operator is nobody's account, and must not be mistaken for one where a name is all that is shown.
RESERVED = frozenset({"operator", "thakur"})

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")


def is_name(text: str) -> bool:
    """Whether a user, a team or a token can be called so."""
    return _NAME.fullmatch(text) is not None and len(text) <= USER_CHARACTERS


async def roles_of(session: AsyncSession, user_id: int) -> dict[int, Role]:
    """The user's roles by team id, the team that they came into first at the beginning."""
    rows = await session.execute(
        select(MembershipRow.team_id, MembershipRow.role)
        .where(MembershipRow.user_id == user_id)
        .order_by(MembershipRow.created_at, MembershipRow.team_id),
    )
    return {team_id: Role(role) for team_id, role in rows}


async def team_of(session: AsyncSession, principal: Principal, name: str) -> TeamRow:
    """The principal's team of that name. Raises TeamNotFound."""
    row = await session.scalar(select(TeamRow).where(TeamRow.name == name, TeamRow.id.in_(principal.team_ids)))
    if row is None:
        raise TeamNotFound(f"There is no team {name}", hint="thakur team list shows yours.")
    return row


async def new_user(session: AsyncSession, name: str) -> UserRow:
    """Make a user. Raises UserNameRefused, UserNameTaken."""
    name = name.strip().lower()
    if not is_name(name) or name in RESERVED:
        raise UserNameRefused(
            f"{name or 'Nothing'} is no name for a user",
            hint=f"Use up to {USER_CHARACTERS} letters, digits, dots and dashes, beginning with a letter or digit.",
            field="name",
        )
    if await session.scalar(select(UserRow.id).where(UserRow.name == name)) is not None:
        raise UserNameTaken(f"There is a user {name} already", hint="Choose another name.", field="name")
    row = UserRow(name=name)
    session.add(row)
    await session.flush()
    return row
