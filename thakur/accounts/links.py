"""Login links, as rows: made, looked at, and used up once."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.attempts import Attempts
from thakur.accounts.entering import enter
from thakur.accounts.memberships import team_of
from thakur.accounts.models import LinkRow, MembershipRow, TeamRow, UserRow
from thakur.accounts.principal import Action, ActionForbidden, Principal, Role
from thakur.accounts.refusals import InvitationNotFound, LinkUnusable, UserNotFound
from thakur.accounts.secrets import hash_of, new_secret
from thakur.accounts.service import OPERATOR
from thakur.accounts.structs import INVITATION_LIFE, LINK_LIFE, Link, LinkKind, LinkMade, Visitor
from thakur.accounts.trail import note
from thakur.db import Database


class LocalLinks:
    """Implements Links on the database."""

    def __init__(self, db: Database, attempts: Attempts) -> None:
        self._db = db
        self._attempts = attempts

    async def make_first(self) -> LinkMade | None:
        async with self._db.session() as session:
            if await _owners(session):
                return None
            # Of one that was printed earlier nobody knows who has read it.
            await session.execute(delete(LinkRow).where(LinkRow.kind == LinkKind.OWNER))
            return await _add(session, LINK_LIFE, LinkRow(kind=LinkKind.OWNER, made_by=OPERATOR))

    async def make_login(self, principal: Principal, user: str | None) -> LinkMade:
        if user is None and (first := await self.make_first()):
            return first
        async with self._db.session() as session:
            user_id, name = await _meant(session, user)
            note(session, principal, "make login link", name)
            row = LinkRow(kind=LinkKind.LOGIN, user_id=user_id, made_by=principal.actor)
            return await _add(session, LINK_LIFE, row, name)

    async def invite(self, principal: Principal, team: str, role: Role) -> LinkMade:
        async with self._db.session() as session:
            found = await team_of(session, principal, team)
            principal.require(Action.MANAGE_MEMBERS, found.id)
            if role.rank > principal.roles[found.id].rank:
                raise ActionForbidden(f"Only an {role} may invite an {role}")
            note(session, principal, "invite", f"{role} to {team}", found.id)
            row = LinkRow(kind=LinkKind.INVITATION, team_id=found.id, role=role, made_by=principal.actor)
            return await _add(session, INVITATION_LIFE, row)

    async def invitations(self, principal: Principal, team: str) -> list[Link]:
        async with self._db.session() as session:
            found = await team_of(session, principal, team)
            principal.require(Action.MANAGE_MEMBERS, found.id)
            is_meant = (LinkRow.kind == LinkKind.INVITATION) & (LinkRow.team_id == found.id)
            return await _open_links(session, is_meant)

    async def withdraw(self, principal: Principal, team: str, invitation_id: int) -> None:
        async with self._db.session() as session:
            found = await team_of(session, principal, team)
            principal.require(Action.MANAGE_MEMBERS, found.id)
            gone = await session.scalar(
                delete(LinkRow)
                .where(LinkRow.id == invitation_id, LinkRow.team_id == found.id, LinkRow.used_at.is_(None))
                .returning(LinkRow.id),
            )
            if gone is None:
                raise InvitationNotFound(f"{team} has no open invitation {invitation_id}")
            note(session, principal, "withdraw invitation", str(invitation_id), found.id)

    async def look(self, secret: str, visitor: Visitor) -> Link:
        self._attempts.check(visitor.address)
        async with self._db.session() as session:
            found = await _open_links(session, LinkRow.hash == hash_of(secret))
        if not found:
            self._attempts.fail(visitor.address)
            raise _unusable()
        return found[0]

    async def use(self, secret: str, visitor: Visitor, name: str, asker: Principal | None = None) -> str:
        self._attempts.check(visitor.address)
        try:
            async with self._db.session() as session:
                # Of two at once the second one waits here for the first, and then finds it used.
                row = await session.scalar(
                    update(LinkRow)
                    .where(LinkRow.hash == hash_of(secret), LinkRow.used_at.is_(None), LinkRow.expires_at > func.now())
                    .values(used_at=func.now())
                    .returning(LinkRow),
                )
                if row is None:
                    raise _unusable()
                begun = await enter(session, row, visitor, name, asker)
        except LinkUnusable:
            self._attempts.fail(visitor.address)
            raise
        self._attempts.succeed(visitor.address)
        return begun


async def _meant(session: AsyncSession, user: str | None) -> tuple[int, str]:
    if user is not None:
        found = await session.scalar(select(UserRow.id).where(UserRow.name == user.lower()))
        if found is None:
            raise UserNotFound(f"There is no user {user}", field="user")
        return found, user.lower()
    owners = await _owners(session)
    if len(owners) > 1:
        names = ", ".join(owners.values())
        raise UserNotFound(f"There are several owners: {names}", hint="Name one: --user NAME", field="user")
    return next(iter(owners.items()))


async def _owners(session: AsyncSession) -> dict[int, str]:
    rows = await session.execute(
        select(UserRow.id, UserRow.name)
        .join(MembershipRow, MembershipRow.user_id == UserRow.id)
        .where(MembershipRow.role == Role.OWNER)
        .order_by(UserRow.id),
    )
    return {row.id: row.name for row in rows}


async def _add(session: AsyncSession, life: timedelta, row: LinkRow, user: str | None = None) -> LinkMade:
    secret = new_secret()
    row.hash = hash_of(secret)
    row.expires_at = func.now() + life
    session.add(row)
    await session.execute(delete(LinkRow).where(LinkRow.expires_at < func.now() - INVITATION_LIFE))
    await session.flush()
    await session.refresh(row)
    return LinkMade(secret=secret, kind=LinkKind(row.kind), expires_at=row.expires_at, user=user)


async def _open_links(session: AsyncSession, which: ColumnElement[bool]) -> list[Link]:
    rows = await session.execute(
        select(LinkRow, UserRow.name, TeamRow.name)
        .outerjoin(UserRow, UserRow.id == LinkRow.user_id)
        .outerjoin(TeamRow, TeamRow.id == LinkRow.team_id)
        .where(which, LinkRow.used_at.is_(None), LinkRow.expires_at > func.now())
        .order_by(LinkRow.id.desc()),
    )
    return [
        Link(
            id=row.id,
            kind=LinkKind(row.kind),
            user=user,
            team=team,
            role=Role(row.role) if row.role else None,
            made_by=row.made_by,
            expires_at=row.expires_at,
        )
        for row, user, team in rows
    ]


def _unusable() -> LinkUnusable:
    return LinkUnusable(
        "This link was used already, or it has expired",
        hint="On the server, thakur login-link makes another one; an invitation comes from the team.",
    )
