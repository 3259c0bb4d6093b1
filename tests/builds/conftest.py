"""A place to build in, with a real sandbox and a real bun; and the whole room on a database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.build_house import BuildHouse
from support.building import BuildPlace
from thakur.db import Database


@pytest.fixture
def place(tmp_path: Path) -> BuildPlace:
    return BuildPlace(tmp_path / "data")


@pytest.fixture
async def house(committed_db: Database, tmp_path: Path) -> AsyncIterator[BuildHouse]:
    house = BuildHouse(committed_db, tmp_path / "data")
    await house.logs.start()
    yield house
    await house.logs.stop()
