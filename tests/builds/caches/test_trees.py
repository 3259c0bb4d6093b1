"""Trees that a tenant has written."""

import os
from pathlib import Path

from thakur.builds.caches.trees import copy_tree, directory_below, make_way, size_of


def test_a_copy_shares_nothing_with_what_it_was_made_of(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "pack").write_bytes(b"old" * 100_000)
    (source / "tool").write_text("#!")
    (source / "tool").chmod(0o755)
    os.utime(source / "tool", ns=(1, 2_000_000_001))

    copy_tree(source, target, None)
    with (target / "deep" / "pack").open("r+b") as file:
        file.write(b"new")

    assert (source / "deep" / "pack").read_bytes() == b"old" * 100_000
    assert (target / "deep" / "pack").read_bytes() == b"new" + b"old" * 99_999
    assert (target / "tool").stat().st_mode & 0o777 == 0o755
    assert (target / "tool").stat().st_mtime_ns == 2_000_000_001


def test_links_are_copied_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    source = tmp_path / "source"
    source.mkdir()
    (source / "away").symlink_to(outside)
    (source / "file").symlink_to(outside / "secret")
    os.mkfifo(source / "pipe")

    copy_tree(source, tmp_path / "target", None)

    assert sorted(path.name for path in (tmp_path / "target").iterdir()) == ["away", "file"]
    assert (tmp_path / "target" / "away").is_symlink()
    assert (tmp_path / "target" / "file").readlink() == outside / "secret"


def test_a_directory_is_not_found_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real" / "cache").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "file").touch()

    assert directory_below(tmp_path, "real/cache") == tmp_path / "real" / "cache"
    assert directory_below(tmp_path, "link/cache") is None
    assert directory_below(tmp_path, "real/file") is None
    assert directory_below(tmp_path, "real/file/cache") is None
    assert directory_below(tmp_path, "real/missing") is None


def test_a_way_is_not_made_through_a_link_or_over_anything(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(outside)
    (root / "there").symlink_to("nowhere")

    assert make_way(root, "a/b/c", None) == root / "a" / "b" / "c"
    assert make_way(root, "link/b/c", None) is None
    assert make_way(root, "there", None) is None
    assert list(outside.iterdir()) == []


def test_a_file_with_two_names_counts_once_and_a_hollow_one_in_full(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 100_000)
    once = size_of(tmp_path)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    with (tmp_path / "hollow").open("wb") as file:
        file.truncate(10_000_000)

    assert 100_000 <= once < 110_000
    assert size_of(tmp_path) == once + 10_000_000
