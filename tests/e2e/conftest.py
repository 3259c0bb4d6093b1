"""One real server for all end-to-end tests; it must leave nothing behind."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    # Not below pytest's own directory: that is closed to every other user, and short paths are the common case.
    base = Path(tempfile.mkdtemp(prefix="thakur-e2e-"))
    server = Server(base / "data")
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()
        server.run("stop", check=False)
        if os.environ.get("THAKUR_E2E_KEEP"):
            print(f"kept: {base}")
        else:
            shutil.rmtree(base, ignore_errors=True)
