"""Fixtures of the room projects: two teams, and services that act for them."""

from collections.abc import Awaitable, Callable

import pytest

from support.queues import RecordingQueue
from thakur.accounts import Principal, Role
from thakur.accounts.models import TeamRow
from thakur.db import Database
from thakur.projects.service import LocalProjects

MakePrincipal = Callable[[str], Awaitable[Principal]]


@pytest.fixture
def queue() -> RecordingQueue:
    return RecordingQueue()


@pytest.fixture
def projects(db: Database, queue: RecordingQueue) -> LocalProjects:
    return LocalProjects(db, queue, [])


@pytest.fixture
def make_principal(db: Database) -> MakePrincipal:
    async def make(team: str) -> Principal:
        async with db.session() as session:
            row = TeamRow(name=team)
            session.add(row)
            await session.flush()
            return Principal(actor=team, team_id=row.id, roles={row.id: Role.OWNER})

    return make


@pytest.fixture
async def ours(make_principal: MakePrincipal) -> Principal:
    return await make_principal("ours")


@pytest.fixture
async def theirs(make_principal: MakePrincipal) -> Principal:
    return await make_principal("theirs")
