"""What is measured while things die stands in one table below the results."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.server import Server
from support.tables import Table

TABLES = pytest.StashKey[dict[str, Table]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TABLES] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("slow")
            # A server and its applications are set up first.
            item.add_marker("e2e")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for title, table in config.stash[TABLES].items():
        terminalreporter.section(title)
        for line in table.lines():
            terminalreporter.write_line(line)


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """The table of the file's subject; its rows also go out at once."""
    title = str(request.module.SUBJECT)
    return request.config.stash[TABLES].setdefault(title, Table())


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Not below pytest's own directory, which is closed to other users."""
    place = Path(tempfile.mkdtemp(prefix="thakur-chaos-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def bare(place: Path) -> Iterator[Server]:
    """A server of the file's own, started, without applications: it is killed again and again."""
    server = Server(place / "data")
    server.start()
    yield server
    if server.process is not None and server.process.poll() is None:
        server.process.kill()
        server.process.wait()
    server.run("stop", check=False)
