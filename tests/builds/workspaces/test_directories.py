"""Workspaces, and what becomes of them and their projects' caches."""

from pathlib import Path

from thakur.builds import Plan
from thakur.builds.workspaces.directories import Workspaces

PLAN = Plan(framework="Vite", kind="static", output="dist")


def begin(workspaces: Workspaces, build_id: int = 1) -> Path:
    workspace = workspaces.prepare(7, build_id, 1)
    workspace.mkdir()
    workspaces.loan(workspace, None).open(PLAN, is_fresh=False)
    return workspace


def test_a_crash_leaves_the_packages_and_nothing_else(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    workspace = begin(workspaces)
    (workspace / ".thakur-cache" / "bun").mkdir()
    (workspace / ".thakur-cache" / "bun" / "a.npm").write_text("x")
    (tmp_path / "7" / "1-1.installed").touch()
    (tmp_path / "7" / "1-1.caches" / "Vite").mkdir(parents=True)
    (tmp_path / ".removing-x" / "0").mkdir(parents=True)
    (tmp_path / "7" / "cache" / ".removing-x" / "0").mkdir(parents=True)
    assert workspaces.is_used(7)

    workspaces.recover()

    assert not workspaces.is_used(7)
    assert [path.name for path in tmp_path.iterdir()] == ["7"]
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["7/cache/packages/.gitignore", "7/cache/packages/bun/a.npm"]


def test_a_crash_that_left_no_packages_takes_none_from_the_next(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    workspaces.prepare(7, 1, 1).mkdir()

    workspaces.recover()

    assert not workspaces.is_used(7)


def test_a_crash_keeps_nothing_of_foreign_code(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    begin(workspaces, build_id=2)
    workspace = workspaces.prepare(7, 1, 1, is_foreign=True)
    workspace.mkdir()
    workspaces.loan(workspace, None).open(PLAN, is_fresh=False)
    (workspace / ".thakur-cache" / "bun").mkdir()
    (workspace / ".thakur-cache" / "bun" / "a.npm").write_text("x")
    (tmp_path / "7" / "1-1-foreign.installed").touch()

    workspaces.recover()

    assert not workspaces.is_used(7)
    assert [path.name for path in tmp_path.rglob("*.npm")] == []


def test_what_an_earlier_attempt_left_is_gone_before_the_next(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    begin(workspaces)

    assert not workspaces.prepare(7, 1, 1).exists()


def test_a_project_goes_with_its_caches(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    begin(workspaces)

    workspaces.remove_project(7)
    workspaces.remove_project(7)

    assert not workspaces.is_used(7)
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_may_enter_what_is_a_projects(tmp_path: Path) -> None:
    begin(Workspaces(tmp_path))

    assert (tmp_path / "7").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "7" / "cache").stat().st_mode & 0o777 == 0o700
