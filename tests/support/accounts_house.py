"""The services of accounts on one database, and short ways for people to get in."""

from dataclasses import dataclass

from thakur.accounts import Principal, Role, Visitor
from thakur.accounts.attempts import Attempts
from thakur.accounts.devices import LocalDevices
from thakur.accounts.links import LocalLinks
from thakur.accounts.models import SessionRow
from thakur.accounts.secrets import hash_of, new_secret
from thakur.accounts.service import LocalAccounts
from thakur.accounts.sessions import LocalSessions
from thakur.accounts.teams import LocalTeams
from thakur.accounts.tokens import LocalTokens
from thakur.db import Database

HERE = Visitor(address="192.0.2.7", user_agent="Firefox on Linux")


@dataclass
class House:
    """Every service, and short ways through several of them."""

    db: Database

    def __post_init__(self) -> None:
        self.attempts = Attempts()
        self.accounts = LocalAccounts(self.db)
        self.links = LocalLinks(self.db, self.attempts)
        self.sessions = LocalSessions(self.db)
        self.tokens = LocalTokens(self.db, self.attempts)
        self.devices = LocalDevices(self.db, self.attempts)
        self.teams = LocalTeams(self.db)

    async def seen(self, secret: str) -> Principal:
        found = await self.sessions.principal(secret, HERE.address)
        assert found is not None
        return found

    async def seen_again(self, principal: Principal) -> Principal:
        """The same session's principal, as another request would have it."""
        async with self.db.session() as session:
            row = await session.get_one(SessionRow, principal.session_id)
            secret = new_secret()
            row.hash = hash_of(secret)
        return await self.seen(secret)

    async def owner(self, name: str = "ada") -> Principal:
        made = await self.links.make_first()
        assert made is not None
        return await self.seen(await self.links.use(made.secret, HERE, name))

    async def joined(self, by: Principal, name: str, role: Role, team: str = "default") -> Principal:
        made = await self.links.invite(by, team, role)
        return await self.seen(await self.links.use(made.secret, HERE, name))
