from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from support.github import Clone, House, github_house, receiver
from thakur.github import Scope


@pytest.fixture
async def received() -> AsyncIterator[tuple[str, list]]:
    async with receiver() as (url, got):
        yield url, got


@pytest.fixture
async def house(tmp_path, received) -> AsyncIterator[House]:
    async with github_house(tmp_path / "github", received[0]) as house:
        yield house


@pytest.fixture
def hooked(house, received, clone) -> tuple[House, list, Clone]:
    """The house, what is delivered to its App, and a clone of the shop."""
    return house, received[1], clone


@pytest.fixture
def clone(house, tmp_path) -> Clone:
    return Clone(tmp_path / "work", house.github.push_url(house.shop))


@pytest.fixture
def answer(house):
    """Asks of the shop as the App's installation, or for the next page that an answer has named."""

    async def answer(path: str, method: str = "GET", body: object = None) -> Any:
        token = await house.app.tokens.get(Scope(house.installation.id))
        place = path if path.startswith("http") else f"/repos/ada/shop{path}"
        return await house.app.rest.ask("test", method, place, token, body)

    return answer


@pytest.fixture
def ask(answer):
    """The answer's data."""

    async def ask(path: str, method: str = "GET", body: object = None) -> Any:
        return (await answer(path, method, body)).data

    return ask


@pytest.fixture
async def raw(house):
    """Asks with headers, by the installation's token if none is named; the status, the headers and the text."""
    async with aiohttp.ClientSession() as session:

        async def raw(path: str, method: str = "GET", body: object = None, **headers: str) -> tuple[int, Any, str]:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            if "Authorization" not in named:
                named["Authorization"] = f"Bearer {await house.app.tokens.get(Scope(house.installation.id))}"
            url = path if path.startswith("http") else f"{house.github.url}/api/v3{path}"
            async with session.request(method, url, json=body, headers=named, allow_redirects=False) as answer:
                return answer.status, answer.headers, await answer.text()

        yield raw


@pytest.fixture
def as_app(house):
    """Asks as the App."""

    async def as_app(path: str, method: str = "GET", body: object = None) -> Any:
        return (await house.app._ask(method, path, body)).data

    return as_app
