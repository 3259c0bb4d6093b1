import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.local_edges import uid_of
from thakur.runtime import DeploymentRefused
from thakur.runtime.edge.replicas.homes import Home

NOBODY = 65534


def test_a_home_holds_empty_directories_of_the_tenant(tmp_path: Path) -> None:
    home = Home(tmp_path / "replicas" / "1-1-0")
    home.make(uid_of(1))
    (home.upper / "left").write_text("by an earlier process")
    home.output.write_text("said by an earlier process")

    home.make(uid_of(1))

    assert list(home.upper.iterdir()) == list(home.work.iterdir()) == []
    assert home.upper.stat().st_uid == uid_of(1)
    assert home.path.stat().st_uid == os.geteuid()
    assert home.path.stat().st_mode & 0o777 == 0o700
    assert home.output.exists(), "a replica that is started again goes on in the same log"


def test_removal_follows_no_link_and_may_be_repeated(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    home = Home(tmp_path / "1-1-0")
    home.make(uid_of(1))
    (home.upper / "link").symlink_to(outside)

    home.remove()
    home.remove()

    assert not home.path.exists()
    assert (outside / "kept").exists()


def test_a_home_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "replicas").write_text("in the way")

    with pytest.raises(DeploymentRefused) as refused:
        Home(tmp_path / "replicas" / "1-1-0").make(uid_of(1))

    assert refused.value.failure.code == "edge_files"
    assert "Not a directory" in refused.value.failure.why


def test_directories_that_a_tenant_closed_are_opened_before_they_are_removed() -> None:
    with tempfile.TemporaryDirectory() as open_to_all, _somebody_else(Path(open_to_all)):
        home = Home(Path(open_to_all) / "1-1-0")
        home.make(os.geteuid())
        (home.work / "work" / "inner").mkdir(parents=True)
        (home.work / "work").chmod(0)

        home.remove()

        assert not home.path.exists()


@contextmanager
def _somebody_else(directory: Path) -> Iterator[None]:
    # Root may enter everything.
    if os.geteuid() != 0:
        yield
        return
    os.chown(directory, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
