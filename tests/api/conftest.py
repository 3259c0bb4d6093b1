"""A client of each listener's app, on doubles."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from support.fake_accounts import OPERATOR
from support.services import Doubles
from thakur.api import Host, create_app


@pytest.fixture
def doubles():
    return Doubles()


@pytest.fixture
def stopping():
    return asyncio.Event()


@pytest.fixture
def operator():
    return OPERATOR


@pytest.fixture
def short_path() -> Iterator[Path]:
    # A socket's path has 107 bytes, and pytest's own directories are long.
    with tempfile.TemporaryDirectory(prefix="thakur-") as name:
        yield Path(name)


@pytest.fixture
def local_app(doubles, stopping):
    async def operator(scope):
        return OPERATOR

    async def describe():
        return Host(
            version="0.1.0",
            pid=1,
            data_dir="/data",
            address="127.0.0.1:8000",
            http="0.0.0.0:8080",
            base_domain="localhost",
        )

    return create_app(doubles.services(), operator, stopping, describe_host=describe)


@pytest.fixture
async def client(local_app) -> AsyncIterator[AsyncTestClient]:
    async with AsyncTestClient(local_app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
async def stranger(doubles, stopping) -> AsyncIterator[AsyncTestClient]:
    async def nobody(scope):
        return None

    async with AsyncTestClient(create_app(doubles.services(), nobody, stopping)) as client:
        yield client
