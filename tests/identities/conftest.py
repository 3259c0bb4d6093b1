from collections.abc import AsyncIterator

import pytest

from support.github import House, github_house
from support.identified import Known, known
from support.signing import Lobby, lobby


@pytest.fixture
async def house(tmp_path) -> AsyncIterator[House]:
    async with github_house(tmp_path / "github") as house:
        yield house


@pytest.fixture
async def ada(committed_db, house) -> AsyncIterator[Known]:
    """A user of the team that the house's App belongs to, who has signed in as ada of the stand-in."""
    async with known(committed_db, house) as ada:
        yield ada


@pytest.fixture
async def doors(committed_db, house) -> AsyncIterator[Lobby]:
    async with lobby(committed_db, house) as doors:
        yield doors
