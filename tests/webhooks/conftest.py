from collections.abc import AsyncIterator

import pytest

from support.github import House, github_house
from support.github_rooms import Rooms


@pytest.fixture
async def house(tmp_path) -> AsyncIterator[House]:
    async with github_house(tmp_path / "github") as house:
        yield house


@pytest.fixture
async def rooms(db, house) -> AsyncIterator[Rooms]:
    rooms = Rooms(db, house)
    yield rooms
    await rooms.clients.close()
