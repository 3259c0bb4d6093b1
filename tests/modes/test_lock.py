"""Tests of the locks of roles."""

import os
from pathlib import Path

import pytest

from thakur.modes.lock import DirectoryForeign, RoleLock, RoleTaken

NOBODY = 65534


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir(mode=0o700)
    return tmp_path


def test_a_role_is_held_by_one_process(directory: Path) -> None:
    held = RoleLock(directory, "edge")
    assert held.holder() is None
    held.take()

    assert RoleLock(directory, "edge").holder() == os.getpid()
    with pytest.raises(RoleTaken, match=f"as edge, in process {os.getpid()}"):
        RoleLock(directory, "edge").take()
    RoleLock(directory, "worker").take()

    held.give_back()
    assert RoleLock(directory, "edge").holder() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_directory_of_somebody_else_says_who_may(directory: Path) -> None:
    os.seteuid(NOBODY)
    try:
        with pytest.raises(DirectoryForeign, match="belongs to another user"):
            RoleLock(directory, "edge").holder()
        with pytest.raises(DirectoryForeign):
            RoleLock(directory, "edge").take()
    finally:
        os.seteuid(0)
