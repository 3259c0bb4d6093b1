from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.github import Clone, House, github_house, receiver


@pytest.fixture
async def house(tmp_path) -> AsyncIterator[House]:
    async with github_house(tmp_path / "github") as house:
        yield house


@pytest.fixture
async def hooked(tmp_path) -> AsyncIterator[tuple[House, list, Clone]]:
    """A house whose App has a receiver, what is delivered to it, and a clone of the shop."""
    async with receiver() as (url, got), github_house(tmp_path / "github", url) as house:
        yield house, got, Clone(tmp_path / "work", house.github.push_url(house.shop))


@pytest.fixture
def clone(house, tmp_path) -> Clone:
    return Clone(tmp_path / "work", house.github.push_url(house.shop))


@pytest.fixture
def ask(house):
    """Asks of the shop as the App's installation; the answer's data."""

    async def ask(path: str, method: str = "GET", body: object = None) -> Any:
        return (await house.installed.ask(method, f"/repos/ada/shop{path}", body)).data

    return ask
