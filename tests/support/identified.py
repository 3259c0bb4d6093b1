"""A user of a team who is known by an account of the stand-in, with the tokens that it gave."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from support.github import House
from support.github_rooms import Rooms
from thakur.accounts import Principal, Role, TokenScope, Visitor
from thakur.accounts.models import MembershipRow, UserRow
from thakur.db import Database
from thakur.fakegithub.people.accounts import FakeUser
from thakur.github import User, UserToken
from thakur.identities.models import IdentityRow

VISITOR = Visitor(address="127.0.0.1", user_agent="A browser")


@dataclass
class Known:
    """Who they are here and there, and the rooms that know them."""

    rooms: Rooms
    principal: Principal
    person: FakeUser
    identity_id: int
    app: int

    @property
    def house(self) -> House:
        return self.rooms.house

    async def client(self) -> User:
        found = await self.rooms.identifying.identities.client(self.principal)
        assert found is not None
        return found

    async def session(self) -> str:
        assert self.principal.user_id is not None
        return await self.rooms.people.vouching.begin(
            self.principal.user_id, self.principal.team_id, "for a test", VISITOR
        )

    async def is_signed_in(self, secret: str) -> bool:
        return await self.rooms.people.sessions.principal(secret, "") is not None

    async def has_tokens(self) -> bool:
        return await self.rooms.identifying.identities.client(self.principal) is not None

    async def api_token(self, name: str = "ci") -> str:
        return (await self.rooms.people.tokens.make(self.principal, name, TokenScope.ALL, None)).secret


@asynccontextmanager
async def known(db: Database, house: House, login: str = "ada") -> AsyncIterator[Known]:
    """Make them, in a team of their own with the house's App."""
    rooms = Rooms(db, house)
    team = await rooms.principal()
    await rooms.add_app(team)
    (app,) = await rooms.apps.every()
    person = house.github.state.people.user(login)
    async with db.session() as session:
        user = UserRow(name=login)
        session.add(user)
        await session.flush()
        session.add(MembershipRow(team_id=team.team_id, user_id=user.id, role=Role.ADMIN))
        row = IdentityRow(user_id=user.id, web_url=house.github.url, number=person.id, login=login)
        session.add(row)
        await session.flush()
        await rooms.identifying.tokens.keep(session, row.id, app, granted(house, person))
    principal = Principal(actor=login, team_id=team.team_id, roles={team.team_id: Role.ADMIN}, user_id=user.id)
    try:
        yield Known(rooms, principal, person, row.id, app)
    finally:
        await rooms.identifying.tokens.stop()
        await rooms.clients.close()


def granted(house: House, person: FakeUser) -> UserToken:
    """What GitHub gives when the person lets the App in."""
    made = house.github.state.grants.grant(house.fake_app, person)
    return UserToken(
        access_token=made.text,
        refresh_token=made.refresh_text if made.expires_at else "",
        expires_at=made.expires_at,
        refresh_expires_at=made.refresh_expires_at,
    )
