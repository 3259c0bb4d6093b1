"""Removal of what tenants left, however they left it."""

import os
from pathlib import Path

from thakur.builds.workspaces.disk import finish_removals, remove_tree


def test_a_tree_deeper_than_any_path_goes(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    here = os.open(root, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("directory-with-a-name", dir_fd=here)
        below = os.open("directory-with-a-name", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)

    remove_tree(root)

    assert list(tmp_path.iterdir()) == []


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (root / "link").symlink_to(kept)
    (root / "sub" / "link").symlink_to(kept)

    remove_tree(root)
    (tmp_path / "itself").symlink_to(kept)
    remove_tree(tmp_path / "itself")

    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (kept / "file").exists()


def test_closed_directories_and_numbered_names_go_too(tmp_path: Path) -> None:
    for name in ("0", "1/2", "1/1/1", "2"):
        (tmp_path / "tree" / name).mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / "tree" / "fifo")
    (tmp_path / "tree" / "1").chmod(0)

    remove_tree(tmp_path / "tree")
    remove_tree(tmp_path / "tree")
    remove_tree(tmp_path / "missing" / "tree")

    assert list(tmp_path.iterdir()) == []


def test_a_removal_that_a_crash_cut_is_finished(tmp_path: Path) -> None:
    (tmp_path / ".removing-abc" / "0" / "x").mkdir(parents=True)

    finish_removals(tmp_path)

    assert list(tmp_path.iterdir()) == []
