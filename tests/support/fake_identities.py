"""Doubles of identities: in memory, told what to hold."""

from datetime import UTC, datetime

from thakur.accounts import Action, Principal
from thakur.github import User
from thakur.identities import Identity, IdentityNotFound

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeIdentities:
    def __init__(self) -> None:
        self.rows: list[Identity] = []

    async def of(self, principal: Principal) -> list[Identity]:
        return list(self.rows)

    async def client(self, principal: Principal, app: int | None = None) -> User | None:
        return None

    async def unlink(self, principal: Principal, identity_id: int) -> None:
        principal.require(Action.MANAGE_ACCOUNT, principal.team_id)
        found = [each for each in self.rows if each.id == identity_id]
        if not found:
            raise IdentityNotFound("You have no such account of a GitHub")
        self.rows.remove(found[0])

    async def revoked(self, app: int, number: int) -> None: ...


def make_identity(**fields: object) -> Identity:
    values = {"id": 1, "web_url": "https://github.com", "login": "ada", "came_in": False, "since": AT} | fields
    return Identity(**values)
