"""Asking a GitHub what the list of a team needs to know of a person."""

from sqlalchemy import select

from thakur.accounts import Role
from thakur.db import Database
from thakur.github import NotPermitted, User
from thakur.identities.allowed import Standing, role_of
from thakur.identities.models import AllowanceRow


class Standings:
    """Reads the lists, and asks only for what stands on them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def role(self, team_id: int, web_url: str, number: int, client: User) -> Role | None:
        """What the list gives to the person that the client asks as. Raises what the client raises."""
        rows = await self.of(team_id, web_url)
        kinds = {row.kind for row in rows}
        standing = Standing(
            number=number,
            organizations=await _organizations(client) if "organization" in kinds else (),
            teams=await _teams(client) if "team" in kinds else (),
        )
        return role_of(standing, rows)

    async def of(self, team_id: int, web_url: str) -> list[AllowanceRow]:
        """Who may come into the team from that GitHub."""
        async with self._db.session() as session:
            is_it = (AllowanceRow.team_id == team_id, AllowanceRow.web_url == web_url)
            return list(await session.scalars(select(AllowanceRow).where(*is_it)))


async def _organizations(client: User) -> list[int]:
    try:
        return [each.id for each in await client.organizations()]
    except NotPermitted:
        # What cannot be told is no reason to let anybody in.
        return []


async def _teams(client: User) -> list[int]:
    try:
        return [each.id for each in await client.teams()]
    except NotPermitted:
        return []
