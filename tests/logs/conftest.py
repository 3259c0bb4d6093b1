"""Fixtures of the room logs: a project with an environment, and logs on a real database."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from sqlalchemy import text

from thakur.db import Database
from thakur.logs.service import LocalLogs


class Owner(msgspec.Struct, frozen=True):
    project_id: int
    environment_id: int


@pytest.fixture
async def owner(committed_db: Database) -> Owner:
    async with committed_db.session() as session:
        team_id = await session.scalar(text("INSERT INTO teams (name) VALUES ('ours') RETURNING id"))
        project_id = await session.scalar(
            text("INSERT INTO projects (team_id, name) VALUES (:team, 'shop') RETURNING id"),
            {"team": team_id},
        )
        environment_id = await session.scalar(
            text("INSERT INTO environments (project_id, label) VALUES (:project, 'production') RETURNING id"),
            {"project": project_id},
        )
    return Owner(project_id, environment_id)


@pytest.fixture
async def logs(committed_db: Database) -> AsyncIterator[LocalLogs]:
    """The logs of one process, with its watch running."""
    local = LocalLogs(committed_db)
    await local.start()
    yield local
    await local.stop()


@pytest.fixture
async def stream_id(logs: LocalLogs, owner: Owner) -> int:
    """An open build stream."""
    return await logs.open_build(owner.project_id, 1)
