"""The deciding half of runtime, with and without real commits."""

from collections.abc import AsyncIterator

import pytest

from support.rollout_room import RolloutRoom
from thakur.db import Database


@pytest.fixture
async def room(db: Database) -> RolloutRoom:
    return await RolloutRoom(db).prepare()


@pytest.fixture
async def committed_room(committed_db: Database) -> AsyncIterator[RolloutRoom]:
    """For what runs side by side."""
    made = await RolloutRoom(committed_db).prepare()
    yield made
    await made.jobs.stop()
