from collections.abc import AsyncIterator

import pytest

import thakur.github.rest as rest
from support.github import House, github_house


@pytest.fixture(autouse=True)
def short_backoffs(monkeypatch) -> None:
    monkeypatch.setattr(rest, "FIRST_BACKOFF_SECONDS", 0.01)


@pytest.fixture
async def house(tmp_path) -> AsyncIterator[House]:
    async with github_house(tmp_path / "github") as house:
        yield house
