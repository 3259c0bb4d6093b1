"""The digest of a directory: the same for the same content, another for any other."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from thakur.builds import BuildFailed
from thakur.builds.packing import contents
from thakur.builds.packing.contents import digest_of, walk


def make(root: Path) -> Path:
    (root / "sub" / "empty").mkdir(parents=True)
    (root / "sub" / "file").write_text("content")
    (root / "run").write_text("#!")
    (root / "run").chmod(0o755)
    (root / "link").symlink_to("sub/file")
    return root


def test_the_same_content_has_the_same_digest(tmp_path: Path) -> None:
    first, second = make(tmp_path / "first"), make(tmp_path / "second")
    os.utime(second / "run", (1, 1))
    (second / "sub" / "file").chmod(0o600)

    assert digest_of(first) == digest_of(second)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "sub" / "file").write_text("Content"),
        lambda root: (root / "sub" / "file").rename(root / "sub" / "renamed"),
        lambda root: (root / "run").chmod(0o644),
        lambda root: (root / "sub" / "empty").rmdir(),
        lambda root: (root / "new").touch(),
        lambda root: ((root / "link").unlink(), (root / "link").symlink_to("sub/./file")),
        lambda root: ((root / "link").unlink(), (root / "link").write_text("sub/file")),
    ],
)
def test_any_change_has_another_digest(tmp_path: Path, change: Callable[[Path], object]) -> None:
    root = make(tmp_path / "root")
    before = digest_of(root)

    change(root)

    assert digest_of(root) != before


def test_names_need_not_be_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff\n")).write_text("x")

    assert [item.path for item in walk(tmp_path)] == [b"\xff\n"]
    assert len(digest_of(tmp_path)) == 64


def test_a_file_that_claims_to_be_endless_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**13)

    with pytest.raises(BuildFailed) as failed:
        digest_of(tmp_path)

    assert failed.value.failure.code == "artifact_too_large"


def test_too_many_entries_and_too_deep_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a/b/c/d/e").mkdir(parents=True)

    monkeypatch.setattr(contents, "ENTRIES", 4)
    with pytest.raises(BuildFailed, match="more than 4"):
        walk(tmp_path)
    monkeypatch.setattr(contents, "ENTRIES", 100)
    monkeypatch.setattr(contents, "DEPTH", 3)
    with pytest.raises(BuildFailed, match="too deep"):
        walk(tmp_path)


def test_what_a_build_closed_is_opened_when_asked(tmp_path: Path) -> None:
    (tmp_path / "closed" / "below").mkdir(parents=True)
    (tmp_path / "closed" / "file").touch(mode=0o000)
    (tmp_path / "closed").chmod(0o000)

    items = walk(tmp_path, opens=True)

    assert [item.path for item in items] == [b"closed", b"closed/below", b"closed/file"]
    assert (tmp_path / "closed").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "closed" / "file").stat().st_mode & 0o777 == 0o400
