"""People of the stand-in who sign in here, by the whole way through their browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text

from support.github import House
from support.github_browser import Browser
from support.github_rooms import DASHBOARD, Rooms
from support.identified import VISITOR
from thakur.accounts import Principal, Role, Visitor
from thakur.accounts.models import MembershipRow, UserRow
from thakur.db import Database
from thakur.fakegithub.people.accounts import FakeOrganization, Membership
from thakur.identities import Allowance, Begun, Returned
from thakur.wiring.identifying import CALLBACK


@dataclass
class Lobby:
    """A team with the house's App, which is installed on ada's account and on the organisation acme."""

    rooms: Rooms
    admin: Principal
    app: int
    acme: FakeOrganization
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.rooms.house

    @property
    def sign_ins(self):
        return self.rooms.identifying.sign_ins

    async def allow(self, name: str, role: Role = Role.MEMBER) -> Allowance:
        return await self.rooms.identifying.allowances.allow(self.admin, "ours", name, role)

    async def begin(self, linking: Principal | None = None) -> Begun:
        return await self.sign_ins.begin(self.app, "/projects/shop", linking)

    async def brought(self, begun: Begun, login: str) -> Returned:
        """What the person's browser brings back from GitHub."""
        async with Browser(self.house.github, login) as browser:
            return Returned(**(await browser.get(begun.url)).brings)

    async def sign_in(self, login: str, visitor: Visitor = VISITOR) -> Principal:
        """Raises what is told to whoever is not let in."""
        begun = await self.begin()
        done = await self.sign_ins.complete(begun.journey, await self.brought(begun, login), visitor)
        assert done.return_to == "/projects/shop"
        assert done.session is not None
        self.cookies[login] = done.session
        found = await self.rooms.people.sessions.principal(done.session, "")
        assert found is not None
        return found

    async def link(self, user: Principal, login: str) -> None:
        begun = await self.begin(user)
        done = await self.sign_ins.complete(begun.journey, await self.brought(begun, login), VISITOR, user)
        assert done.session is None

    async def user(self, name: str, role: Role = Role.MEMBER) -> Principal:
        """Somebody whom a link let into the team."""
        async with self.rooms.db.session() as session:
            row = UserRow(name=name)
            session.add(row)
            await session.flush()
            session.add(MembershipRow(team_id=self.admin.team_id, user_id=row.id, role=role))
        roles = {self.admin.team_id: role}
        return Principal(actor=name, team_id=self.admin.team_id, roles=roles, user_id=row.id)

    async def is_in(self, login: str) -> bool:
        """Whether the session of that sign-in is still one."""
        return await self.rooms.people.sessions.principal(self.cookies[login], "") is not None

    async def members(self) -> dict[str, str]:
        return {each.user: each.role for each in await self.rooms.people.teams.members(self.admin, "ours")}

    async def count(self, table: str) -> int:
        async with self.rooms.db.session() as session:
            return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0

    async def an_hour_later(self) -> None:
        async with self.rooms.db.session() as session:
            await session.execute(text("UPDATE github_admissions SET check_at = now()"))
        await self.rooms.identifying.rechecks.look()


@asynccontextmanager
async def lobby(db: Database, house: House) -> AsyncIterator[Lobby]:
    """Make it; nobody is allowed yet. In acme are mia, who is in its team web, and ivo, who was only invited."""
    people, fake_app = house.github.state.people, house.fake_app
    fake_app.callback_urls.append(f"{DASHBOARD}{CALLBACK}")
    fake_app.permissions["members"] = "read"
    acme = people.organization("acme")
    mia, ivo = people.user("mia"), people.user("ivo")
    acme.members = {mia.id: Membership(), ivo.id: Membership(state="pending")}
    people.team(acme, "web", mia)
    house.github.install(fake_app, "acme", await house.github.add_repository("acme/site"))
    rooms = Rooms(db, house)
    admin = await rooms.principal()
    await rooms.add_app(admin)
    (app,) = await rooms.apps.every()
    try:
        yield Lobby(rooms, admin, app, acme)
    finally:
        await rooms.identifying.tokens.stop()
        await rooms.clients.close()
