"""The assets of an environment on disk: links that outlive the artifact, and go when their time has come."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from thakur.builds import Plan
from thakur.runtime.edge.assets.generations import KEPT_SECONDS
from thakur.runtime.edge.assets.shelf import Shelf
from thakur.runtime.edge.assets.sources import sources

PLAN = Plan(framework="Vite", kind="static")
DAY = 24 * 3600.0
OLD, NEW, SAME = "assets/old-GpEN3EET.js", "assets/new-D64VDMd1.js", "assets/deep/same-3f2a9c1b.css"


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.place = root / ".assets" / "7"
        self.shelf = Shelf(self.place)

    def artifact(self, digest: str, **files: str) -> Path:
        for suffix in ("", ".gz"):
            for name, content in {"index.html": digest, **files}.items():
                path = self.root / f"{digest}{suffix}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content + suffix)
        return self.root / digest

    def keep(self, artifact: Path, now: float = 0.0) -> None:
        self.shelf.keep(artifact, sources(artifact, PLAN), now)

    def names(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.place.parent)) for path in self.place.parent.rglob("*") if path.is_file()
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_hashed_files_outlive_their_artifact_in_every_form(project: Project) -> None:
    artifact = project.artifact("d1", **{OLD: "old", "assets/style.css": "plain"})
    inode = (artifact / OLD).stat().st_ino

    project.keep(artifact)
    shutil.rmtree(artifact)

    assert project.names() == ["7.gz/" + OLD, "7.json", "7/" + OLD]
    assert (project.place / OLD).read_text() == "old"
    assert (project.place / OLD).stat().st_ino == inode, "a link costs no room while the artifact is there"


def test_each_goes_when_nobody_who_had_it_has_time_left(project: Project) -> None:
    project.keep(project.artifact("d1", **{OLD: "old", SAME: "same"}), 0.0)
    project.keep(project.artifact("d2", **{NEW: "new", SAME: "same"}), 3 * DAY)

    project.shelf.expire(7 * DAY)
    assert {name for name in project.names() if name.startswith("7/")} == {"7/" + NEW, "7/" + SAME}
    project.shelf.expire(3 * DAY + KEPT_SECONDS)
    assert project.names() == []
    assert list(project.place.parent.iterdir()) == []


def test_a_switch_takes_away_what_has_had_its_time_too(project: Project) -> None:
    project.keep(project.artifact("d1", **{OLD: "old"}), 0.0)
    project.keep(project.artifact("d2", **{NEW: "new"}), 8 * DAY)

    assert "7/" + OLD not in project.names()


def test_keeping_twice_is_keeping_once_and_the_newest_content_counts(project: Project) -> None:
    first = project.artifact("d1", **{OLD: "one"})
    project.keep(first)
    project.keep(first)
    project.keep(project.artifact("d2", **{OLD: "two"}))

    assert (project.place / OLD).read_text() == "two"


def test_a_site_without_hashed_files_leaves_nothing(project: Project) -> None:
    project.keep(project.artifact("d1", **{"assets/style.css": "plain"}))

    assert not project.place.parent.exists()


def test_an_unreadable_record_is_begun_anew(project: Project) -> None:
    project.keep(project.artifact("d1", **{OLD: "old"}))
    project.place.with_name("7.json").write_text("{")

    project.keep(project.artifact("d2", **{NEW: "new"}))

    assert "7/" + NEW in project.names()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_workers_group_may_read_and_nobody_else(project: Project) -> None:
    artifact = project.artifact("d1", **{OLD: "old"})
    os.chown(artifact, 640_001, 640_999)

    project.keep(artifact)

    for directory in (project.place.parent, project.place, project.place / "assets"):
        found = directory.stat()
        assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (640_999, 0o750)
