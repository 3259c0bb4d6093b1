"""Commands that wait to be let in, as rows. Their token is made when it is collected, so it lies nowhere meanwhile."""

import re
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.attempts import Attempts
from thakur.accounts.memberships import USER_CHARACTERS, roles_of
from thakur.accounts.models import DeviceRow, TokenRow, UserRow
from thakur.accounts.principal import Action, Principal, TokenScope
from thakur.accounts.refusals import AttemptsExhausted, DeviceNotFound, DeviceRefused
from thakur.accounts.secrets import hash_of, new_code, new_secret, read_code
from thakur.accounts.structs import DEVICE_LIFE, Device, DeviceAsked, TokenMade
from thakur.accounts.tokens import add_token
from thakur.accounts.trail import note
from thakur.db import Database

MOST_WAITING = 100
NAME_CHARACTERS = 60
TOKEN_LIFE = timedelta(days=90)


class LocalDevices:
    """Implements Devices on the database."""

    def __init__(self, db: Database, attempts: Attempts) -> None:
        self._db = db
        self._attempts = attempts

    async def ask(self, name: str, address: str) -> DeviceAsked:
        self._attempts.check(address)
        secret, code = new_secret(), new_code()
        async with self._db.session() as session:
            await session.execute(delete(DeviceRow).where(DeviceRow.expires_at < func.now()))
            if (await session.scalar(select(func.count()).select_from(DeviceRow)) or 0) >= MOST_WAITING:
                raise AttemptsExhausted("Too many commands wait to be let in", hint="Try again in ten minutes.")
            row = DeviceRow(
                hash=hash_of(secret),
                code=code,
                name=name[:NAME_CHARACTERS],
                address=address,
                expires_at=func.now() + DEVICE_LIFE,
            )
            session.add(row)
            await session.flush()
            await session.refresh(row)
            return DeviceAsked(secret=secret, code=code, expires_at=row.expires_at)

    async def look(self, principal: Principal, code: str) -> Device:
        self._attempts.check(principal.address)
        async with self._db.session() as session:
            row = await session.scalar(
                select(DeviceRow).where(
                    DeviceRow.code == read_code(code),
                    DeviceRow.is_allowed.is_(None),
                    DeviceRow.expires_at > func.now(),
                ),
            )
        if row is None:
            raise self._unknown(principal.address)
        return _device(row)

    async def allow(self, principal: Principal, code: str) -> Device:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        return await self._decide(principal, code, is_allowed=True)

    async def refuse(self, principal: Principal, code: str) -> Device:
        return await self._decide(principal, code, is_allowed=False)

    async def collect(self, secret: str, address: str) -> TokenMade | None:
        self._attempts.check(address)
        is_meant = DeviceRow.hash == hash_of(secret)
        async with self._db.session() as session:
            is_waiting = await session.scalar(
                select(DeviceRow.id).where(is_meant, DeviceRow.is_allowed.is_(None), DeviceRow.expires_at > func.now()),
            )
            if is_waiting is not None:
                return None
            row = await session.scalar(
                delete(DeviceRow).where(is_meant, DeviceRow.expires_at > func.now()).returning(DeviceRow),
            )
            if row is None:
                raise self._unknown(address)
            if row.is_allowed:
                return await _token_of(session, row, address)
        raise DeviceRefused("It was refused in the dashboard", hint="Ask again with: thakur login")

    async def _decide(self, principal: Principal, code: str, *, is_allowed: bool) -> Device:
        self._attempts.check(principal.address)
        async with self._db.session() as session:
            row = await session.scalar(
                update(DeviceRow)
                .where(
                    DeviceRow.code == read_code(code),
                    DeviceRow.is_allowed.is_(None),
                    DeviceRow.expires_at > func.now(),
                )
                .values(is_allowed=is_allowed, user_id=principal.user_id, team_id=principal.team_id)
                .returning(DeviceRow),
            )
            if row is None:
                raise self._unknown(principal.address)
            note(session, principal, "allow command" if is_allowed else "refuse command", row.name)
            return _device(row)

    def _unknown(self, address: str) -> DeviceNotFound:
        self._attempts.fail(address)
        return DeviceNotFound(
            "No command waits with this code, or not any more",
            hint="Compare it with what the terminal shows, or begin again there with: thakur login",
            field="code",
        )


async def _token_of(session: AsyncSession, row: DeviceRow, address: str) -> TokenMade:
    user = await session.get_one(UserRow, row.user_id)
    roles = await roles_of(session, user.id)
    if row.team_id not in roles:
        raise DeviceRefused("Whoever allowed it has left the team", hint="Ask again with: thakur login")
    principal = Principal(
        actor=user.name, user_id=user.id, team_id=row.team_id, roles={row.team_id: roles[row.team_id]}, address=address
    )
    name = _slug(f"{user.name}-{row.name}")
    # The same command on the same machine has one token.
    earlier = (TokenRow.name == name) & (TokenRow.team_id == row.team_id) & (TokenRow.user_id == user.id)
    await session.execute(delete(TokenRow).where(earlier))
    return await add_token(session, principal, name, TokenScope.ALL, TOKEN_LIFE)


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9.]+", "-", text.lower())[:USER_CHARACTERS].strip("-.")


def _device(row: DeviceRow) -> Device:
    return Device(code=row.code, name=row.name, address=row.address, expires_at=row.expires_at)
