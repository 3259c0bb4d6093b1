"""Data directories that every user may use, and owners that are ended whatever happens."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.owners import Owner, kill_servers

NOBODY = 65534
NAMELESS = 12345


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Servers that are made and booted, some twice: on a busy host that takes longer than a test otherwise may.
    for item in items:
        if item.path.parent == Path(__file__).parent and {"data_dir", "start"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("walk")


@pytest.fixture(params=[None, NOBODY, NAMELESS] if os.geteuid() == 0 else [None], ids=str)
def uid(request: pytest.FixtureRequest) -> int | None:
    """Who runs Thakur: ourselves, and if we are root also users with and without a name."""
    return request.param


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # Not below pytest's own directory, which is closed to other users.
    directory = Path(tempfile.mkdtemp(prefix="thakur-"))
    directory.chmod(0o777)
    yield directory / "data"
    for stores in list(directory.rglob("stores")):
        kill_servers(stores.parent)
    shutil.rmtree(directory)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., Owner]]:
    """Start an owner and wait for its stores."""
    owners: list[Owner] = []

    def start_owner(where: Path = data_dir, **options: Any) -> Owner:
        owners.append(Owner(where, **options))
        owners[-1].urls()
        return owners[-1]

    yield start_owner
    for owner in owners:
        owner.kill()
