"""Fixtures of the room accounts."""

import pytest

from support.accounts_house import House
from thakur.db import Database


@pytest.fixture
async def house(db: Database) -> House:
    made = House(db)
    await made.accounts.prepare()
    return made


@pytest.fixture
async def committed_house(committed_db: Database) -> House:
    made = House(committed_db)
    await made.accounts.prepare()
    return made
