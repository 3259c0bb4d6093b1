"""API tokens, as rows."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.attempts import Attempts
from thakur.accounts.memberships import USER_CHARACTERS, is_name, roles_of
from thakur.accounts.models import TeamRow, TokenRow, UserRow
from thakur.accounts.principal import Action, Principal, Role, TokenScope
from thakur.accounts.refusals import TokenNameRefused, TokenNameTaken, TokenNotFound, TokenRefused
from thakur.accounts.secrets import SHOWN_CHARACTERS, hash_of, new_token
from thakur.accounts.service import OPERATOR
from thakur.accounts.structs import Token, TokenMade
from thakur.accounts.trail import note
from thakur.db import Database

USED_EVERY = timedelta(minutes=1)

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list


class LocalTokens:
    """Implements Tokens on the database."""

    def __init__(self, db: Database, attempts: Attempts) -> None:
        self._db = db
        self._attempts = attempts

    async def make(self, principal: Principal, name: str, scope: TokenScope, life: timedelta | None) -> TokenMade:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        async with self._db.session() as session:
            return await add_token(session, principal, name, scope, life)

    async def list(self, principal: Principal) -> list[Token]:
        async with self._db.session() as session:
            rows = await session.execute(
                select(TokenRow, TeamRow.name, UserRow.name)
                .join(TeamRow, TeamRow.id == TokenRow.team_id)
                .outerjoin(UserRow, UserRow.id == TokenRow.user_id)
                .where(_seen_by(principal))
                .order_by(TokenRow.id.desc()),
            )
            return [_token(row, team, user) for row, team, user in rows]

    async def revoke(self, principal: Principal, name: str) -> None:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        is_meant = and_(TokenRow.name == name, TokenRow.team_id == principal.team_id)
        async with self._db.session() as session:
            gone = await session.scalar(
                delete(TokenRow).where(_seen_by(principal), is_meant).returning(TokenRow.id),
            )
            if gone is None:
                raise TokenNotFound(f"You have no token {name}", hint="thakur tokens lists them.")
            note(session, principal, "revoke token", name)

    async def principal(self, secret: str, address: str) -> Principal:
        self._attempts.check(address)
        async with self._db.session() as session:
            found = await self._principal(session, secret, address)
        if found is None:
            self._attempts.fail(address)
            raise TokenRefused(
                "This token is unknown, revoked or expired",
                hint="Run: thakur login, or make another one: thakur tokens create NAME",
            )
        self._attempts.succeed(address)
        return found

    async def _principal(self, session: AsyncSession, secret: str, address: str) -> Principal | None:
        now = func.now()
        rows = await session.execute(
            select(TokenRow, UserRow.name, or_(TokenRow.used_at.is_(None), TokenRow.used_at < now - USED_EVERY))
            .outerjoin(UserRow, UserRow.id == TokenRow.user_id)
            .where(
                TokenRow.hash == hash_of(secret),
                or_(TokenRow.expires_at.is_(None), TokenRow.expires_at > now),
            ),
        )
        if (one := rows.one_or_none()) is None:
            return None
        row, user, is_due = one
        roles = {row.team_id: Role.OWNER} if row.user_id is None else await roles_of(session, row.user_id)
        if row.team_id not in roles:
            return None
        if is_due:
            row.used_at = now
        return Principal(
            actor=f"{user or OPERATOR} (token {row.name})",
            team_id=row.team_id,
            roles={row.team_id: roles[row.team_id]},
            user_id=row.user_id,
            scope=TokenScope(row.scope),
            address=address,
        )


async def add_token(
    session: AsyncSession, principal: Principal, name: str, scope: TokenScope, life: timedelta | None
) -> TokenMade:
    """Add a token to the transaction. Raises TokenNameRefused, TokenNameTaken."""
    if not is_name(name):
        raise TokenNameRefused(
            f"{name or 'Nothing'} is no name for a token",
            hint=f"Use up to {USER_CHARACTERS} small letters, digits, dots and dashes.",
            field="name",
        )
    secret = new_token()
    row = await session.scalar(
        insert(TokenRow)
        .values(
            hash=hash_of(secret),
            prefix=secret[:SHOWN_CHARACTERS],
            name=name,
            team_id=principal.team_id,
            user_id=principal.user_id,
            scope=scope,
            expires_at=None if life is None else func.now() + life,
        )
        .on_conflict_do_nothing(index_elements=[TokenRow.team_id, TokenRow.name])
        .returning(TokenRow),
    )
    if row is None:
        raise TokenNameTaken(f"The team has a token {name}", hint="Revoke it, or choose another name.", field="name")
    note(session, principal, "make token", f"{name} ({scope})")
    team = await session.scalar(select(TeamRow.name).where(TeamRow.id == row.team_id))
    user = await session.scalar(select(UserRow.name).where(UserRow.id == row.user_id))
    return TokenMade(secret=secret, token=_token(row, team or "", user))


def _seen_by(principal: Principal) -> ColumnElement[bool]:
    managed = [team_id for team_id in principal.team_ids if principal.may(Action.MANAGE_MEMBERS, team_id)]
    own = and_(TokenRow.user_id == principal.user_id, TokenRow.team_id.in_(principal.team_ids))
    return or_(own, TokenRow.team_id.in_(managed))


def _token(row: TokenRow, team: str, user: str | None) -> Token:
    return Token(
        name=row.name,
        prefix=row.prefix,
        team=team,
        made_by=user or OPERATOR,
        scope=TokenScope(row.scope),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
