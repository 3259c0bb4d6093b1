"""Tests of teams and principals."""

import asyncio

from sqlalchemy import func, select, text

from thakur.accounts import DEFAULT_TEAM, Role
from thakur.accounts.models import TeamRow
from thakur.accounts.service import LocalAccounts
from thakur.db import Database


async def test_the_default_team_is_made_once_however_many_processes_start(committed_db: Database):
    accounts = LocalAccounts(committed_db)

    await asyncio.gather(*(accounts.prepare() for _ in range(5)))

    async with committed_db.session() as session:
        assert await session.scalar(select(func.count()).select_from(TeamRow)) == 1


async def test_the_operator_owns_every_team_and_acts_in_the_default_one(db: Database):
    accounts = LocalAccounts(db)
    async with db.session() as session:
        session.add(TeamRow(name="others"))
    await accounts.prepare()

    operator = await accounts.operator()

    async with db.session() as session:
        default = await session.scalar(select(TeamRow.id).where(TeamRow.name == DEFAULT_TEAM))
        teams = set(await session.scalars(text("SELECT id FROM teams")))
    assert operator.team_id == default
    assert set(operator.team_ids) == teams
    assert len(teams) == 2
    assert set(operator.roles.values()) == {Role.OWNER}
    assert operator.actor == "operator"
