"""Workspaces, and the cache that travels with them."""

from pathlib import Path

from thakur.builds.workspaces import Workspaces

CACHE = ".thakur-cache"


def begin(workspaces: Workspaces, build_id: int = 1) -> Path:
    workspace = workspaces.prepare(7, build_id, 1)
    workspace.mkdir()
    workspaces.lend_cache(workspace, None)
    return workspace


def test_the_cache_goes_from_build_to_build(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    first = begin(workspaces)
    (first / CACHE / "package").write_text("x")
    workspaces.take_cache_back(first)
    workspaces.remove(first)

    second = begin(workspaces, 2)

    assert (second / CACHE / "package").read_text() == "x"
    assert (second / CACHE / ".gitignore").read_text() == "*\n"


def test_two_builds_at_once_do_not_share_it(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    first, second = begin(workspaces, 1), begin(workspaces, 2)
    (first / CACHE / "package").write_text("first")
    (second / CACHE / "package").write_text("second")

    for workspace in (first, second):
        workspaces.take_cache_back(workspace)

    assert (tmp_path / "7" / "cache" / "package").read_text() == "first"
    assert not (second / CACHE).exists()


def test_a_link_in_the_place_of_the_cache_is_dropped(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path / "builds")
    outside = tmp_path / "outside"
    outside.mkdir()
    workspace = begin(workspaces)
    (workspace / CACHE).rename(workspace / "moved")
    (workspace / CACHE).symlink_to(outside)

    workspaces.take_cache_back(workspace)
    workspaces.remove(workspace)
    begin(workspaces, 2)

    assert list(outside.iterdir()) == []


def test_a_crash_leaves_the_cache_and_nothing_else(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    workspace = begin(workspaces)
    (workspace / CACHE / "package").write_text("x")
    (tmp_path / ".removing-x" / "0").mkdir(parents=True)
    assert workspaces.is_used(7)

    workspaces.recover()

    assert not workspaces.is_used(7)
    assert [path.name for path in tmp_path.iterdir()] == ["7"]
    assert sorted(path.name for path in (tmp_path / "7").rglob("*")) == [".gitignore", "cache", "package"]


def test_what_an_earlier_attempt_left_is_gone_before_the_next(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    begin(workspaces)

    assert not workspaces.prepare(7, 1, 1).exists()


def test_a_project_goes_with_its_cache(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    begin(workspaces)

    workspaces.remove_project(7)
    workspaces.remove_project(7)

    assert not workspaces.is_used(7)
    assert list(tmp_path.iterdir()) == []
